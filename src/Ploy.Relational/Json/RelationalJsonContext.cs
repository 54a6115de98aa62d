using System.Text.Json.Serialization;
using Ploy.Core;
using Ploy.Relational.Changes;
using Ploy.Relational.Model;

namespace Ploy.Relational.Json;

/// <summary>The generated readers and writers; hierarchies list their kinds beside their base types.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters =
    [
        typeof(BytesConverter),
        typeof(EquatableArrayConverter<string>),
        typeof(EquatableArrayConverter<Extension>),
        typeof(EquatableArrayConverter<EnumType>),
        typeof(EquatableArrayConverter<Sequence>),
        typeof(EquatableArrayConverter<Table>),
        typeof(EquatableArrayConverter<View>),
        typeof(EquatableArrayConverter<UnmanagedObject>),
        typeof(EquatableArrayConverter<SchemaObject>),
        typeof(EquatableArrayConverter<ObjectUse>),
        typeof(EquatableArrayConverter<Column>),
        typeof(EquatableArrayConverter<TableIndex>),
        typeof(EquatableArrayConverter<IndexPart>),
        typeof(EquatableArrayConverter<ForeignKey>),
        typeof(EquatableArrayConverter<LiteralValue>),
        typeof(EquatableArrayConverter<SchemaChange>),
        typeof(EquatableArrayConverter<TableChange>),
        typeof(EquatableArrayConverter<RedefineTable>),
        typeof(EquatableArrayConverter<ColumnPair>),
        typeof(EquatableArrayConverter<EnumDefault>),
        typeof(EquatableArrayConverter<EnumColumn>),
    ])]
[JsonSerializable(typeof(DatabaseSchema))]
[JsonSerializable(typeof(EquatableArray<SchemaChange>))]
[JsonSerializable(typeof(SchemaChange))]
[JsonSerializable(typeof(TableChange))]
[JsonSerializable(typeof(RedefineTable))]
[JsonSerializable(typeof(ColumnPair))]
[JsonSerializable(typeof(EnumDefault))]
[JsonSerializable(typeof(EnumColumn))]
[JsonSerializable(typeof(Extension))]
[JsonSerializable(typeof(EnumType))]
[JsonSerializable(typeof(Sequence))]
[JsonSerializable(typeof(Table))]
[JsonSerializable(typeof(View))]
[JsonSerializable(typeof(UnmanagedObject))]
[JsonSerializable(typeof(SchemaObject))]
[JsonSerializable(typeof(ObjectUse))]
[JsonSerializable(typeof(Column))]
[JsonSerializable(typeof(TableIndex))]
[JsonSerializable(typeof(IndexPart))]
[JsonSerializable(typeof(ForeignKey))]
[JsonSerializable(typeof(LiteralValue))]
[JsonSerializable(typeof(LiteralValue.Boolean), TypeInfoPropertyName = "LiteralBoolean")]
[JsonSerializable(typeof(string))]
internal sealed partial class RelationalJsonContext : JsonSerializerContext;
