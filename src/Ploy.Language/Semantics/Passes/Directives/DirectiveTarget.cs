using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Language.Directives;
using Ploy.Language.Syntax;

namespace Ploy.Language.Semantics.Passes.Directives;

/// <summary>Understands the directives of one model and its fields.</summary>
internal sealed class DirectiveTarget(SourceText source, SchemaModel schema, Model model, Action<Diagnostic> report)
{
    private static readonly string[] OnModel = ["check", "index", "exclude", "tenant", "global", "policy", "rls", "softDelete", "comment"];
    private static readonly string[] OnField = ["deferrable", "generated", "default", "comment"];
    private static readonly string[] OnlyPostgres = ["exclude", "policy", "rls", "comment"];

    private readonly Dictionary<string, SourceLocation> _names = new(StringComparer.Ordinal);

    public static DirectiveText? Read(SourceText source, TextSpan line, Action<Diagnostic> report)
    {
        var reader = new DirectiveTextReader(source, line);
        var text = reader.Read();
        if (text is null) report(DirectiveDiagnostics.Malformed(new SourceLocation(source, reader.ProblemSpan), reader.Problem ?? "The directive cannot be read."));
        return text;
    }

    public ImmutableArray<PlacedDirective> Model(List<TextSpan> lines, ModelSyntax syntax)
    {
        var found = Read(lines, OnModel, "model", (arguments, name) => name switch
        {
            "check" => Check(arguments),
            "index" => Index(arguments),
            "exclude" => Exclude(arguments),
            "tenant" => Tenant(arguments),
            "global" => new GlobalDirective(),
            "policy" => Policy(arguments),
            "rls" => new RowSecurityDirective(arguments.NamedFlag("force")),
            "softDelete" => SoftDelete(arguments),
            _ => Comment(arguments, syntax.Documentation),
        });
        Once<TenantDirective>(found);
        Once<GlobalDirective>(found);
        Once<SoftDeleteDirective>(found);
        Once<RowSecurityDirective>(found);
        if (found.FirstOrDefault(d => d.Value is GlobalDirective) is { } global && found.Any(d => d.Value is TenantDirective))
            report(DirectiveDiagnostics.Conflict(global.Location, $"`{model.Name}` cannot belong to a tenant and to none."));
        return found;
    }

    public ImmutableArray<PlacedDirective> Field(List<TextSpan> lines, ModelField field) =>
        Read(lines, OnField, "field", (arguments, name) => name switch
        {
            "deferrable" => Deferrable(arguments, field),
            "generated" => Column(arguments, field, e => new GeneratedDirective(e)),
            "default" => Column(arguments, field, e => new DefaultDirective(e)),
            _ => Comment(arguments, field.Documentation),
        });

    private ImmutableArray<PlacedDirective> Read(
        List<TextSpan> lines, string[] allowed, string target, Func<DirectiveArguments, string, Directive?> understand)
    {
        if (lines.Count == 0) return [];
        var found = ImmutableArray.CreateBuilder<PlacedDirective>();
        foreach (var line in lines)
        {
            if (Read(source, line, report) is not { } text) continue;
            var at = new SourceLocation(source, text.Span);
            if (!allowed.Contains(text.Name))
            {
                var isKnown = OnModel.Contains(text.Name) || OnField.Contains(text.Name);
                report(isKnown
                    ? DirectiveDiagnostics.Misplaced(at, text.Name, target == "model" ? "field" : "model")
                    : DirectiveDiagnostics.Unknown(at, text.Name, Similar(text.Name)));
                continue;
            }

            if (schema.Datasource?.Provider == Provider.Sqlite && OnlyPostgres.Contains(text.Name))
            {
                report(DirectiveDiagnostics.NotOnProvider(at, text.Name, "SQLite"));
                continue;
            }

            var arguments = new DirectiveArguments(source, text, report);
            var directive = understand(arguments, text.Name);
            arguments.End();
            if (directive is not null && !arguments.HasFailed) found.Add(new PlacedDirective(directive, at));
        }

        return found.ToImmutable();
    }

    private CheckDirective Check(DirectiveArguments arguments) => new(Named(arguments, "constraint"), arguments.Text(1, "the predicate"));

    private IndexDirective Index(DirectiveArguments arguments)
    {
        var columns = arguments.NamedList("fields");
        var expression = arguments.NamedText("expr");
        var text = arguments.NamedText("keys");
        if ((columns.IsEmpty ? 0 : 1) + (expression is null ? 0 : 1) + (text is null ? 0 : 1) != 1) arguments.Fault("exactly one of `expr`, `fields` and `keys` is needed.");
        if (text is not null && arguments.Has("ops")) arguments.Fault("operator classes stand in `keys`.");
        var include = arguments.NamedList("include");
        foreach (var field in columns.Concat(include)) Known(arguments, field);
        return new IndexDirective
        {
            Name = Named(arguments, "index"),
            Keys = expression is null ? Core.EquatableArray.ToEquatableArray(columns.Select(c => Quoted(ColumnOf(c)))) : [expression],
            KeyText = text,
            IsUnique = arguments.NamedFlag("unique"),
            Predicate = arguments.NamedText("where"),
            Method = arguments.NamedWord("using")?.ToLowerInvariant(),
            OperatorClass = arguments.NamedWord("ops"),
            Include = Core.EquatableArray.ToEquatableArray(include.Select(ColumnOf)),
            NullsNotDistinct = arguments.NamedFlag("nullsNotDistinct"),
        };
    }

    private ExcludeDirective Exclude(DirectiveArguments arguments) => new(
        Named(arguments, "constraint"), arguments.NamedWord("using")?.ToLowerInvariant() ?? "gist", arguments.Text(1, "the list of elements"), arguments.NamedText("where"));

    private PolicyDirective Policy(DirectiveArguments arguments)
    {
        var command = arguments.NamedWord("for", "all", "select", "insert", "update", "delete")?.ToUpperInvariant() ?? "ALL";
        var (shown, written) = (arguments.NamedText("using"), arguments.NamedText("check"));
        if (shown is null && written is null) arguments.Fault("one of `using` and `check` is needed.");
        if (command == "INSERT" && shown is not null) arguments.Fault("a policy for insert has no `using`.");
        if (command is "SELECT" or "DELETE" && written is not null) arguments.Fault($"a policy for {command.ToLowerInvariant()} has no `check`.");
        return new PolicyDirective
        {
            Name = Named(arguments, "policy"),
            Command = command,
            Using = shown,
            Check = written,
            Roles = arguments.NamedList("to"),
            IsRestrictive = arguments.NamedFlag("restrictive"),
        };
    }

    private TenantDirective Tenant(DirectiveArguments arguments)
    {
        var name = arguments.Word(0, "the field");
        if (Known(arguments, name) is { Arity: not FieldArity.Required }) arguments.Fault($"`{name}` must be required: each row belongs to one tenant.");
        return new TenantDirective(name);
    }

    private SoftDeleteDirective SoftDelete(DirectiveArguments arguments)
    {
        var name = arguments.Word(0, "the field");
        if (Known(arguments, name) is { } field && field is not { Arity: FieldArity.Optional, Type: FieldType.Scalar { Kind: ScalarKind.DateTime } })
            arguments.Fault($"`{name}` must be an optional DateTime.");
        return new SoftDeleteDirective(name);
    }

    private static CommentDirective? Comment(DirectiveArguments arguments, string? documentation)
    {
        var text = string.Join('\n', (documentation ?? "").Split('\n').Select(l => l.Trim())
            .Where(l => !l.StartsWith(DirectiveTextReader.Prefix, StringComparison.Ordinal) && !PullRemarks.Is(l))).Trim();
        if (text.Length > 0) return new CommentDirective(text);
        arguments.Fault("there is no doc comment to become the comment.");
        return null;
    }

    private static DeferrableDirective Deferrable(DirectiveArguments arguments, ModelField field)
    {
        if (field is not RelationField { Fields.Length: > 0 }) arguments.Fault("it belongs on the relation field that has `fields:`.");
        return new DeferrableDirective(arguments.NamedWord("initially", "deferred", "immediate")?.ToLowerInvariant() == "deferred");
    }

    private static Directive Column(DirectiveArguments arguments, ModelField field, Func<string, Directive> make)
    {
        if (field is not ScalarField scalar) arguments.Fault("it belongs on a field that is a column.");
        else if (scalar.Default is not null and not DefaultModel.DatabaseGenerated { Expression: null }) arguments.Fault("the field has a `@default` already; only `@default(dbgenerated())`, which leaves it to the database, may stand beside it.");
        return make(arguments.Text(0, "the expression"));
    }

    private string Named(DirectiveArguments arguments, string kind)
    {
        var name = arguments.Text(0, "the name");
        if (name.Length == 0) return name;
        if (_names.TryGetValue(kind + " " + name, out var first)) report(DirectiveDiagnostics.Duplicate(arguments.Location, $"The {kind} `{name}`", first));
        else _names[kind + " " + name] = arguments.Location;
        return name;
    }

    private ScalarField? Known(DirectiveArguments arguments, string name)
    {
        if (name.Length == 0) return null;
        if (model.FindField(name) is ScalarField field) return field;
        report(DirectiveDiagnostics.UnknownField(arguments.Location, arguments.Name, model.Name, name));
        return null;
    }

    private string ColumnOf(string field) => model.FindField(field) is ScalarField scalar ? scalar.ColumnName : field;

    private static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private void Once<T>(ImmutableArray<PlacedDirective> found)
        where T : Directive
    {
        var all = found.Where(d => d.Value is T).ToList();
        if (all.Count > 1) report(DirectiveDiagnostics.Duplicate(all[1].Location, "This directive", all[0].Location));
    }

    private static string? Similar(string name) => Suggestion.For(name, OnModel.Concat(OnField));
}
