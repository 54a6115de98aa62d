namespace Ploy.Cli.Commands;

/// <summary>Waits for changes of files by looking at them: it works on every file system, also where none are reported.</summary>
internal sealed class SchemaWatch(string path)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private string _seen = State(path);

    /// <summary>Waits until something has changed and then nothing more for a moment.</summary>
    public async Task ChangedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            var state = State(path);
            if (state == _seen) continue;
            string last;
            do
            {
                last = state;
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                state = State(path);
            }
            while (state != last);
            _seen = state;
            return;
        }
    }

    /// <summary>Names, times and sizes of the schema files; a folder that is gone for a moment has none.</summary>
    private static string State(string path)
    {
        try
        {
            var files = File.Exists(path) ? [new FileInfo(path)] : new DirectoryInfo(path).GetFiles("*.prisma", SearchOption.AllDirectories);
            return string.Join('\n', files.OrderBy(f => f.FullName, StringComparer.Ordinal).Select(f => $"{f.FullName}|{f.LastWriteTimeUtc.Ticks}|{f.Length}"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
