namespace Ploy.Language.Semantics.Passes;

/// <summary>Divides the work on large schemas among the processors; what is done to one model must not touch another.</summary>
internal static class Parts
{
    /// <summary>From so many models on it is faster.</summary>
    private const int WorthThreads = 250;

    /// <summary>Does some work on all of a number of models, of which each part is a range.</summary>
    /// <param name="count">How many models.</param>
    /// <param name="work">Takes the first of a part and the one behind its last.</param>
    public static void Run(int count, Action<int, int> work)
    {
        var parts = PartsOf(count);
        if (parts == 1) work(0, count);
        else Parallel.For(0, parts, part => work(Start(count, parts, part), Start(count, parts, part + 1)));
    }

    /// <summary>The same where faults may be found: they are told in the order of the models.</summary>
    public static void Run(int count, DiagnosticSink sink, Action<DiagnosticSink, int, int> work) => Run(count, count, sink, work);

    /// <summary>The same for work on files, which is worth being divided where they hold many models.</summary>
    /// <param name="models">How many models there are.</param>
    /// <param name="count">How many files.</param>
    /// <param name="sink">Takes the faults.</param>
    /// <param name="work">Takes a sink of its own, the first of a part and the one behind its last.</param>
    public static void Run(int models, int count, DiagnosticSink sink, Action<DiagnosticSink, int, int> work)
    {
        var parts = Math.Min(PartsOf(models), count);
        if (parts <= 1)
        {
            work(sink, 0, count);
            return;
        }

        var own = new DiagnosticSink[parts];
        Parallel.For(0, parts, part => work(own[part] = new DiagnosticSink(), Start(count, parts, part), Start(count, parts, part + 1)));
        foreach (var found in own) sink.AddAll(found);
    }

    /// <summary>Works out something of each part; the answers in the order of the parts.</summary>
    /// <param name="models">How many models there are.</param>
    /// <param name="count">How many of what is divided: models or files.</param>
    /// <param name="work">Takes the first of a part and the one behind its last.</param>
    public static T[] Map<T>(int models, int count, Func<int, int, T> work)
    {
        var parts = Math.Min(PartsOf(models), count);
        if (parts <= 1) return [work(0, count)];
        var answers = new T[parts];
        Parallel.For(0, parts, part => answers[part] = work(Start(count, parts, part), Start(count, parts, part + 1)));
        return answers;
    }

    private static int PartsOf(int count) => count < WorthThreads ? 1 : Environment.ProcessorCount;

    private static int Start(int count, int parts, int part) => (int)((long)count * part / parts);
}
