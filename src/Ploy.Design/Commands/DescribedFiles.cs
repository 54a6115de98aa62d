using System.Collections.Immutable;
using Ploy.Core.Text;
using Ploy.Design.Configuration;
using Ploy.Relational;
using Ploy.Relational.Model;

namespace Ploy.Design.Commands;

/// <summary>Works out the databases that two sets of schema files describe: side by side where that is faster, one after the other where memory counts.</summary>
internal sealed class DescribedFiles(Project project, DialectSet dialects)
{
    /// <summary>From so many characters on it is faster to work on two processors: some hundred models.</summary>
    private const int WorthThreads = 100_000;

    /// <summary>Up to so many both sides are held at once: some 3,000 models.</summary>
    private const int MostAtOnce = 2_500_000;

    /// <summary>The product and the database of each.</summary>
    /// <param name="before">Full path of a file or folder.</param>
    /// <param name="after">The same of the other side.</param>
    /// <exception cref="SchemaException">Either has errors; of both, the first side's are told.</exception>
    public async Task<((Dialect Dialect, DatabaseSchema Schema) Before, (Dialect Dialect, DatabaseSchema Schema) After)> OfAsync(string before, string after)
    {
        var reading = Task.Run(() => SchemaFiles.Read(after, project.Display));
        var first = SchemaFiles.Read(before, project.Display);
        var second = await reading.ConfigureAwait(false);
        var length = first.Sum(f => (long)f.Length) + second.Sum(f => (long)f.Length);
        if (length is >= WorthThreads and <= MostAtOnce)
        {
            var both = await Task.WhenAll(Task.Run(() => Describe(before, first)), Task.Run(() => Describe(after, second))).ConfigureAwait(false);
            return (both[0], both[1]);
        }

        var old = Describe(before, first);
        if (length > MostAtOnce)
        {
            // Nothing of the first side is needed any more but its database, a tenth of what was used: the second side takes the place of the rest.
            first = default;
            GC.Collect();
        }

        return (old, Describe(after, second));
    }

    private (Dialect Dialect, DatabaseSchema Schema) Describe(string path, ImmutableArray<SourceText> files)
    {
        var workspace = Workspace.Load(project, path, files, dialects);
        return (workspace.Dialect, workspace.Dialect.BetweenFiles(workspace.Desired(null)));
    }
}
