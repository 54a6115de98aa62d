using Ploy.Core.Text;
using Ploy.Migrations.Engine;
using Ploy.Relational.Sessions;

namespace Ploy.Cli.Rendering;

/// <summary>What happens while migrations are applied: lines on standard error, or the objects that <c>docs/json.md</c> describes.</summary>
internal sealed class EventRenderer(Terminal terminal)
{
    // Shorter than this is not worth a line.
    private static readonly TimeSpan Noteworthy = TimeSpan.FromSeconds(1);

    // Whom the statement waits for that was told of last.
    private string _waitsFor = "";

    /// <summary>Shows it, a line or an object each.</summary>
    public void Render(MigrationEvent happened)
    {
        switch (happened)
        {
            case MigrationStarted started:
                terminal.Json(json =>
                {
                    json.WriteString("type", "migrationStarted");
                    json.WriteString("name", started.Name);
                    json.WriteNumber("statements", started.Statements);
                });
                terminal.Note($"Applying migration `{started.Name}`");
                break;
            case MigrationFinished finished:
                terminal.Json(json =>
                {
                    json.WriteString("type", "migrationFinished");
                    json.WriteString("name", finished.Name);
                    json.WriteNumber("milliseconds", (long)finished.Duration.TotalMilliseconds);
                });
                if (finished.Duration >= Noteworthy) terminal.Note($"`{finished.Name}` took {Seconds(finished.Duration)}");
                break;
            case StatementFinished statement:
                terminal.Json(json =>
                {
                    json.WriteString("type", "statementFinished");
                    json.WriteString("name", statement.Name);
                    json.WriteNumber("statement", statement.Index);
                    json.WriteNumber("statements", statement.Statements);
                    json.WriteNumber("milliseconds", (long)statement.Duration.TotalMilliseconds);
                });
                _waitsFor = "";
                if (statement.Duration >= Noteworthy) terminal.Note($"  statement {statement.Index} of {statement.Statements}: {Seconds(statement.Duration)}");
                break;
            case StatementRunning statement:
                Render(statement);
                break;
            case MigrationLockAwaited awaited:
                terminal.Json(json =>
                {
                    json.WriteString("type", "lockAwaited");
                    json.WriteString("holder", awaited.Holder);
                });
                terminal.Note($"Waiting for the migration lock: {awaited.Holder}");
                break;
            case HookStarted hook:
                terminal.Json(json =>
                {
                    json.WriteString("type", "hookStarted");
                    json.WriteString("hook", hook.Key);
                });
                terminal.Note($"Running {hook.Key}: {hook.Command}");
                break;
            case HookOutput output:
                terminal.Json(json =>
                {
                    json.WriteString("type", "hookOutput");
                    json.WriteString("hook", output.Key);
                    json.WriteString("line", output.Line);
                });
                terminal.Note($"  {output.Line}");
                break;
            case MigrationRetried retried:
                terminal.Json(json =>
                {
                    json.WriteString("type", "migrationRetried");
                    json.WriteString("name", retried.Name);
                    json.WriteNumber("attempt", retried.Attempt);
                    json.WriteString("reason", retried.Reason);
                });
                terminal.Note($"`{retried.Name}` is tried again; try {retried.Attempt} ended: {retried.Reason}");
                break;
            case BackupStarted backup:
                terminal.Json(json =>
                {
                    json.WriteString("type", "backupStarted");
                    json.WriteString("path", backup.Path);
                });
                terminal.Note($"Backing up to {DisplayPath.Of(backup.Path, terminal.WorkingDirectory)}");
                break;
            case BackupFinished(var backup, var duration):
                terminal.Json(json =>
                {
                    json.WriteString("type", "backupFinished");
                    json.WriteString("path", backup.Path);
                    json.WriteNumber("bytes", backup.Bytes);
                    json.WriteNumber("tables", backup.Tables);
                    json.WriteNumber("milliseconds", (long)duration.TotalMilliseconds);
                });
                terminal.Note($"  {Sizes.Of(backup)}, read back; {Seconds(duration)}. It comes back with `ploy db restore {DisplayPath.Of(backup.Path, terminal.WorkingDirectory)}`.");
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private void Render(StatementRunning statement)
    {
        terminal.Json(json =>
        {
            json.WriteString("type", "statementRunning");
            json.WriteString("name", statement.Name);
            json.WriteNumber("statement", statement.Index);
            json.WriteNumber("statements", statement.Statements);
            json.WriteNumber("milliseconds", (long)statement.Elapsed.TotalMilliseconds);
            json.WriteStartArray("waitsFor");
            foreach (var holder in statement.WaitsFor)
            {
                json.WriteStartObject();
                json.WriteNumber("process", holder.Process);
                json.WriteString("application", holder.Application);
                json.WriteString("user", holder.User);
                json.WriteString("state", holder.State);
                json.WriteString("query", holder.Query);
                json.WriteNumber("milliseconds", (long)holder.Since.TotalMilliseconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        var where = $"  statement {statement.Index} of {statement.Statements}";
        // Once for each that it waits for; the time goes on in the live line.
        var key = $"{statement.Name} {statement.Index} {string.Join(' ', statement.WaitsFor.Select(h => h.Process))}";
        if (!statement.WaitsFor.IsEmpty && key != _waitsFor)
            foreach (var holder in statement.WaitsFor)
                terminal.Note($"{where} waits for {Describe(holder)}");
        if (!statement.WaitsFor.IsEmpty) _waitsFor = key;
        terminal.Live($"{where}{(statement.WaitsFor.IsEmpty ? "" : " waits")}: {Seconds(statement.Elapsed)}");
    }

    private static string Describe(LockHolder holder)
    {
        var who = $"process {holder.Process} of the server{(holder.Application.Length == 0 ? "" : $", application `{holder.Application}`")}";
        var what = $"{(holder.State.Length == 0 ? "open" : holder.State)} for {Seconds(holder.Since)}";
        return $"{who}, {what}{(holder.Query.Length == 0 ? "" : $": {holder.Query}")}";
    }

    private static string Seconds(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
