using System.Collections.Immutable;
using System.Data;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Migrations.Files;
using Ploy.Relational;
using Ploy.Relational.Sessions;
using Ploy.Relational.Sql;

namespace Ploy.Migrations.Engine;

/// <summary>Reads a migration's script and refuses what cannot be run whole.</summary>
public static class MigrationScriptReader
{
    /// <summary>
    /// Splits the script; <c>BEGIN; ... COMMIT;</c> is absorbed into the transaction that it runs in, and so is a <c>COMMIT;</c> without a beginning, by
    /// which histories make new enum values usable: where they are used, the script runs in parts. The strictest isolation that is asked for is that of the whole.
    /// </summary>
    /// <exception cref="PloyException">PLOY2301 where the script controls transactions otherwise, PLOY2302 where no driver can send a statement.</exception>
    public static ReadScript Read(MigrationFile file, Dialect dialect)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(dialect);
        var statements = ImmutableArray.CreateBuilder<ScriptStatement>();
        ScriptStatement? open = null;
        var isolation = IsolationLevel.ReadCommitted;
        var source = file.Script; // held, so that it is read once
        foreach (var statement in dialect.Split(source.Text))
        {
            if (statement.Problem is { } problem) throw Refuse("PLOY2302", file, statement, problem, "Write it as a statement that the database itself understands.");
            switch (statement.Control)
            {
                case TransactionControl.None or TransactionControl.Savepoint:
                    statements.Add(statement);
                    break;
                case TransactionControl.Begin when open is null:
                    open = statement;
                    isolation = Stricter(isolation, statement.TextIn(source.Text));
                    break;
                case TransactionControl.Mode:
                    isolation = Stricter(isolation, statement.TextIn(source.Text));
                    break;
                case TransactionControl.Commit when open is not null:
                    open = null;
                    break;
                case TransactionControl.Begin or TransactionControl.Commit when dialect.ForgivesUnmatchedTransactions:
                    isolation = Stricter(isolation, statement.TextIn(source.Text));
                    break; // the database would warn and go on; in one transaction nothing of the script is lost by it
                case TransactionControl.Begin:
                    throw Refuse("PLOY2301", file, statement, "This begins a transaction inside another.", "Take it out: a migration runs in one transaction by itself.");
                case TransactionControl.Rollback:
                    throw Refuse(
                        "PLOY2301", file, statement, "This takes back what the script has done, so that the history would say more than the database holds.",
                        $"Take it out, with what it takes back. Where the migration is applied already, `ploy migrate resolve --applied {file.Name}` then records the file as it is.");
                case TransactionControl.Other:
                    throw Refuse(
                        "PLOY2301", file, statement, "This controls transactions in a way that cannot be part of the migration's.",
                        "Take it out: a migration runs in one transaction by itself.");
                case TransactionControl.Commit:
                    throw Refuse(
                        "PLOY2301", file, statement, "This ends a transaction that the script did not begin, so that the migration could be left half-done.",
                        "Take it out: a migration runs in one transaction by itself.");
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        if (open is not null)
            throw Refuse("PLOY2301", file, open, "This begins a transaction that the script does not commit.", "Take it out: a migration runs in one transaction by itself.");
        return new ReadScript(file, statements.ToImmutable(), ScriptSettings.Read(file))
        {
            Verification = Verification(file, dialect),
            Isolation = isolation,
        };
    }

    // What else can be said of a transaction needs no answer: READ ONLY and DEFERRABLE forbid and delay, and what they forbid is not in a script that runs.
    private static IsolationLevel Stricter(IsolationLevel isolation, string statement)
    {
        var asked = statement.Contains("SERIALIZABLE", StringComparison.OrdinalIgnoreCase) ? IsolationLevel.Serializable
            : statement.Contains("REPEATABLE", StringComparison.OrdinalIgnoreCase) ? IsolationLevel.RepeatableRead
            : IsolationLevel.ReadCommitted;
        return asked > isolation ? asked : isolation;
    }

    private static VerificationScript? Verification(MigrationFile file, Dialect dialect)
    {
        if (file.Beside(MigrationFile.VerificationName) is not { } source) return null;
        var statements = dialect.Split(source.Text);
        foreach (var statement in statements)
            if (statement.Problem is not null || statement.Control != TransactionControl.None || statement.Transaction != TransactionUse.Any)
            {
                throw new PloyException("PLOY2302", statement.Problem ?? $"This is no query: `{MigrationFile.VerificationName}` holds queries that must find no row.", "Write queries there, and changes into the migration.")
                {
                    Location = new SourceLocation(source, statement.Span),
                };
            }

        return statements.IsEmpty ? null : new VerificationScript(source, statements);
    }

    private static PloyException Refuse(string code, MigrationFile file, ScriptStatement statement, string message, string help) =>
        new(code, message, help) { Location = new SourceLocation(file.Script, statement.Span) };
}
