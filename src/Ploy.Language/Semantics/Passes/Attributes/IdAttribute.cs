using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary><c>@id</c> and <c>@@id</c>: the primary key.</summary>
internal static class IdAttribute
{
    public static void ReadField(AttributeSet attributes, FieldSymbol field)
    {
        if (attributes.Take("id") is not { } arguments) return;
        if (field.Model.PrimaryKey is not null)
        {
            arguments.Report(SchemaDiagnostics.SeveralIds(field.Model.Location, field.Model.Kind, field.Model.Name));
            arguments.Refuse(SchemaDiagnostics.ArgumentOfSecondId);
            return;
        }

        field.Model.PrimaryKey = new KeySymbol(arguments.Syntax)
        {
            DatabaseName = arguments.NonEmptyText("map"),
            Parts = [KeyParts.OfField(arguments, field)],
            IsClustered = arguments.Flag("clustered"),
            IsOnField = true,
        };
        arguments.End();
    }

    /// <summary>Expects the fields and <c>@@ignore</c> to be read.</summary>
    public static void ReadBlock(AttributeSet attributes, ModelSymbol model)
    {
        if (attributes.Take("id") is not { } arguments) return;
        if (KeyParts.Read(arguments, model, followsComposites: false) is not { } parts)
        {
            // The rest of an attribute whose fields are wrong is still read, so that each fault is told at once.
            arguments.NonEmptyText("map");
            arguments.NonEmptyText("name");
            arguments.Flag("clustered");
            arguments.End();
            return;
        }

        var optional = parts.Where(p => !p.Field.IsRequired).Select(p => p.Field.Name).ToList();
        if (optional.Count > 0 && !model.IsIgnored) arguments.Report(SchemaDiagnostics.OptionalIdFields(arguments.Location, model.Name, optional));
        if (model.PrimaryKey is not null) arguments.Report(SchemaDiagnostics.SeveralIds(model.Location, model.Kind, model.Name));
        var (databaseName, name) = (arguments.NonEmptyText("map"), arguments.NonEmptyText("name"));
        ClientName.Check(arguments, name);
        model.PrimaryKey = new KeySymbol(arguments.Syntax)
        {
            Parts = parts,
            DatabaseName = databaseName,
            ClientName = name,
            IsClustered = arguments.Flag("clustered"),
        };
        arguments.End();
    }

    /// <summary>The column of an <c>@id</c> holds exactly one value. Expects <c>@@ignore</c> to be read.</summary>
    public static void CheckArity(ModelSymbol model, DiagnosticSink sink)
    {
        if (!model.IsIgnored && model.PrimaryKey is { IsOnField: true, Parts: [{ Field: { IsRequired: false } field }] } key)
            sink.Report(SchemaDiagnostics.OptionalId(model.At(key.Attribute), field.Name));
    }
}

/// <summary>Names that become members of a generated client.</summary>
internal static class ClientName
{
    public static void Check(AttributeArguments arguments, PlacedText? name)
    {
        if (name is not null && !name.Text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            arguments.Report(SchemaDiagnostics.ClientNameCharacters(name.Location, arguments.Title, name.Text));
    }
}
