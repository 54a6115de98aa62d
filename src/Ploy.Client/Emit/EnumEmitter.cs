using Ploy.Client.Naming;
using Ploy.Language.Semantics;

namespace Ploy.Client.Emit;

/// <summary>Writes an enum, with its labels, and on SQLite the converter to the text that is stored.</summary>
internal static class EnumEmitter
{
    public static GeneratedFile Emit(EnumModel type, ClientNames names, bool isPostgres)
    {
        var name = names.Type(type.Name);
        var writer = CodeWriter.Begin(names.Namespace(type.Location));
        writer.Summary(type.Documentation).Open($"public enum {name}");
        foreach (var value in type.Values)
        {
            writer.Summary(value.Documentation);
            if (isPostgres) writer.Line($"[global::NpgsqlTypes.PgName({CSharpNames.Literal(value.DatabaseName)})]");
            writer.Line(names.Value(type.Name, value.Name) + ",");
        }

        writer.Close();
        if (!isPostgres) Converter(writer.Line(), type, names);
        return new GeneratedFile(PathOf(names.Folder(type.Location), name), writer.ToString());
    }

    public static string PathOf(string folder, string type) =>
        (folder.Length == 0 ? "" : folder + "/") + type.TrimStart('@') + ".cs";

    private static void Converter(CodeWriter writer, EnumModel type, ClientNames names)
    {
        var name = names.Type(type.Name);
        writer.Line($"/// <summary>Stores <see cref=\"{name}\"/> as its label.</summary>");
        writer.Open($"public sealed class {name.TrimStart('@')}Converter() : global::Microsoft.EntityFrameworkCore.Storage.ValueConversion.ValueConverter<{name}, string>(value => ToLabel(value), label => FromLabel(label))");
        writer.Open($"private static string ToLabel({name} value) => value switch");
        foreach (var value in type.Values)
            writer.Line($"{name}.{names.Value(type.Name, value.Name)} => {CSharpNames.Literal(value.DatabaseName)},");
        writer.Line("_ => throw new global::System.ArgumentOutOfRangeException(nameof(value), value, null),").Close(";").Line();
        writer.Open($"private static {name} FromLabel(string label) => label switch");
        // Where two values are stored alike, the first is read.
        foreach (var value in type.Values.DistinctBy(v => v.DatabaseName))
            writer.Line($"{CSharpNames.Literal(value.DatabaseName)} => {name}.{names.Value(type.Name, value.Name)},");
        writer.Line($"_ => throw new global::System.InvalidOperationException($\"The database holds `{{label}}`, which is no value of {name}.\"),").Close(";").Close();
    }
}
