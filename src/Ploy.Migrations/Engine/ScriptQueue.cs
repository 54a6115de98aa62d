using System.Collections.Immutable;
using Ploy.Migrations.Files;

namespace Ploy.Migrations.Engine;

/// <summary>
/// Reads scripts twice where they are too large to be held: once all of them, before the first runs, and each again when its turn comes. Memory does
/// not grow with their number.
/// </summary>
internal sealed class ScriptQueue
{
    /// <summary>So many characters of scripts are held; those behind are read again.</summary>
    private const long MostHeld = 100_000;

    /// <summary>So many bytes may be made between two collections: the program's heap is laid out for short runs, which need none.</summary>
    private const long MostGarbage = 4 << 20;

    private readonly MigrationServices _services;
    private readonly Dictionary<MigrationFile, ReadScript> _held = [];

    // What was made before the first script, as of reading the schema, counts too.
    private long _allocated;

    /// <summary>Reads all of them.</summary>
    /// <exception cref="Core.Diagnostics.PloyException">Those of <see cref="MigrationScriptReader.Read"/>.</exception>
    public ScriptQueue(ImmutableArray<MigrationFile> files, MigrationServices services)
    {
        _services = services;
        var characters = 0L;
        foreach (var file in files)
        {
            var script = MigrationScriptReader.Read(file, services.Dialect);
            characters += script.Source.Length;
            if (characters <= MostHeld) _held.Add(file, script);
            CollectIfMuch();
        }
    }

    /// <summary>The script of a file, which is not held any longer.</summary>
    public ReadScript Take(MigrationFile file)
    {
        if (!_held.Remove(file, out var script)) script = MigrationScriptReader.Read(file, _services.Dialect);
        CollectIfMuch();
        return script;
    }

    // Nearly everything that a script needed is dead when the next is read, so that this takes a few milliseconds. Memory goes back to the system:
    // else the collector takes fresh pages until all that it asked for at the start has been used once.
    private void CollectIfMuch()
    {
        if (!_services.SavesMemory) return;
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _allocated < MostGarbage) return;
        _allocated = allocated;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
