using System.CommandLine;
using Ploy.Core.Diagnostics;
using Ploy.Design.Commands;

namespace Ploy.Cli.Commands;

internal sealed class MarkVerb : Verb
{
    private readonly Option<bool> _disposable = new("--disposable") { Description = "Its rows may be lost: a database for development." };
    private readonly Option<bool> _protected = new("--protected") { Description = "Nothing is ever lost in it without a consent." };
    private readonly Option<string?> _consent = GlobalOptions.Consent();
    private readonly Option<string?> _url = GlobalOptions.Url();

    public MarkVerb()
        : base("mark", "Say what may be done to the database, or show what was said.", "ploy db mark --disposable")
    {
        foreach (var option in (Option[])[_disposable, _protected, _consent, _url]) Add(option);
    }

    protected override async Task<int> RunAsync(CommandContext context, CancellationToken cancellationToken)
    {
        var (disposable, isProtected) = (context.Options.GetValue(_disposable), context.Options.GetValue(_protected));
        if (disposable && isProtected)
            throw new PloyException("PLOY2000", "`--disposable` and `--protected` exclude each other.", "Give one of them, or none to see the mark.");
        var workspace = context.LoadForDatabase(context.Options.GetValue(_url));
        var wanted = disposable ? DatabaseMark.Disposable : isProtected ? DatabaseMark.Protected : DatabaseMark.None;
        var mark = await new MarkCommand(workspace, context.Prompt).RunAsync(wanted, context.Options.GetValue(_consent), cancellationToken).ConfigureAwait(false);
        context.Terminal.Result(json =>
        {
            json.WriteString("database", workspace.Address.ToString());
            json.WriteString("mark", NameOf(mark));
        });
        context.Terminal.Say(mark switch
        {
            DatabaseMark.Disposable => $"`{workspace.Address}` is marked as disposable: its rows may be lost after a yes, or with `--force`.",
            DatabaseMark.Protected => $"`{workspace.Address}` is marked as protected: nothing is lost in it without a consent.",
            DatabaseMark.None => $"`{workspace.Address}` is not marked: where rows would be lost, a consent is needed{(workspace.Address.IsLocal ? ", or a person's yes at a terminal" : "")}.",
            _ => throw new System.Diagnostics.UnreachableException(),
        });
        return 0;
    }

    private static string NameOf(DatabaseMark mark) => mark switch
    {
        DatabaseMark.Disposable => "disposable",
        DatabaseMark.Protected => "protected",
        DatabaseMark.None => "none",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
