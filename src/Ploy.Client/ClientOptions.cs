using System.Collections.Immutable;

namespace Ploy.Client;

/// <summary>What the <c>generator</c> block and the project say of the client.</summary>
public sealed record ClientOptions
{
    /// <summary>Root namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The context's class name.</summary>
    public required string ContextName { get; init; }

    /// <summary>The base class of the context, as written in C#; it must be or derive from <c>PloyDbContext</c>.</summary>
    public string BaseContext { get; init; } = "global::Ploy.EntityFrameworkCore.PloyDbContext";

    /// <summary>Folder name of the newest migration; null where there is none, and then start-up checks have nothing to compare.</summary>
    public string? LastMigration { get; init; }
}

/// <summary>One generated file.</summary>
/// <param name="Path">Relative to the output folder, with forward slashes.</param>
/// <param name="Content">Its text, with line feeds, ending with one.</param>
public sealed record GeneratedFile(string Path, string Content);

/// <summary>Something of the schema that the client cannot hold.</summary>
/// <param name="Code">A <c>PLOY4xxx</c> code.</param>
/// <param name="Message">One sentence naming it.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record ClientWarning(string Code, string Message, Core.Text.SourceLocation Location);

/// <summary>A whole client.</summary>
/// <param name="Files">All files, ordered by path.</param>
/// <param name="Warnings">What it leaves out, in schema order.</param>
public sealed record GeneratedClient(ImmutableArray<GeneratedFile> Files, ImmutableArray<ClientWarning> Warnings);
