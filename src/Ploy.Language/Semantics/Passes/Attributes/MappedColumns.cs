using Ploy.Language.Diagnostics;
using Ploy.Language.Semantics.Symbols;

namespace Ploy.Language.Semantics.Passes.Attributes;

/// <summary>The columns that <c>@map</c> names in one model, and whether two fields are the same one.</summary>
internal sealed class MappedColumns(ModelSymbol model, DiagnosticSink sink)
{
    private Dictionary<string, FieldSymbol>? _mapped;

    public void Map(FieldSymbol field, string? column)
    {
        if (column is null) return;
        field.MappedName = column;
        _mapped ??= new Dictionary<string, FieldSymbol>(StringComparer.Ordinal);
        if (!_mapped.TryAdd(column, field)) Report(field, column, _mapped[column]);

        // A field that is called so and comes later counts by that name, even if it is mapped to another: the engine reads in order.
        if (model.Find(column) is { IsColumn: true } other && other != field && (other.MappedName is null || other.MappedName == column))
            Report(field, column, other);
    }

    private void Report(FieldSymbol field, string column, FieldSymbol other) =>
        sink.Report(SchemaDiagnostics.DuplicateColumn(field.Location, model.Kind, model.Name, field.Name, column, other.Name));
}
