using Ploy.Core;
using Ploy.Relational.Model;

namespace Ploy.Relational.Planning;

/// <summary>
/// Something in a migration that may lose data (a warning) or fail on rows (unexecutable). It says which counts would make it sure, and words
/// itself with them or without. The wording is the engine's.
/// </summary>
public abstract record DestructiveCheck
{
    private protected DestructiveCheck() { }

    /// <summary>Whether the step fails where the check holds, rather than losing something.</summary>
    public virtual bool IsUnexecutable => false;

    /// <summary>The table whose rows must be counted; null where that tells nothing.</summary>
    public virtual QualifiedName? CountedTable => null;

    /// <summary>The column of <see cref="ColumnTable"/> whose values must be counted; null where that tells nothing.</summary>
    public virtual string? CountedColumn => null;

    /// <summary>The table of <see cref="CountedColumn"/>.</summary>
    public virtual QualifiedName? ColumnTable => CountedTable;

    /// <summary>The message; null where the counts show that there is nothing to lose.</summary>
    /// <param name="rows">The table's rows; null where not counted.</param>
    /// <param name="values">The column's values that are not null; null where not counted.</param>
    public abstract string? Describe(long? rows, long? values);
}

/// <summary>A table goes.</summary>
public sealed record TableDropped(QualifiedName Table) : DestructiveCheck
{
    /// <inheritdoc />
    public override QualifiedName? CountedTable => Table;

    /// <inheritdoc />
    public override string? Describe(long? rows, long? values) => rows switch
    {
        0 => null,
        null => $"You are about to drop the `{Table.Name}` table. If the table is not empty, all the data it contains will be lost.",
        _ => $"You are about to drop the `{Table.Name}` table, which is not empty ({rows} rows).",
    };
}

/// <summary>A column goes.</summary>
public sealed record ColumnDropped(QualifiedName Table, string Column) : DestructiveCheck
{
    /// <inheritdoc />
    public override QualifiedName? ColumnTable => Table;

    /// <inheritdoc />
    public override string? CountedColumn => Column;

    /// <inheritdoc />
    public override string? Describe(long? rows, long? values) => (rows, values) switch
    {
        (0, _) or (_, 0) => null,
        (_, null) => $"You are about to drop the column `{Column}` on the `{Table.Name}` table. All the data in the column will be lost.",
        _ => $"You are about to drop the column `{Column}` on the `{Table.Name}` table, which still contains {values} non-null values.",
    };
}

/// <summary>A column is dropped and made again.</summary>
public sealed record ColumnRecreated(QualifiedName Table, string Column) : DestructiveCheck
{
    /// <inheritdoc />
    public override QualifiedName? CountedTable => Table;

    /// <inheritdoc />
    public override string? CountedColumn => Column;

    /// <inheritdoc />
    public override string? Describe(long? rows, long? values) => (rows, values) switch
    {
        (0, _) or (_, 0) => null,
        (_, null) =>
            $"The `{Column}` column on the `{Table.Name}` table would be dropped and recreated. This will lead to data loss if there is data in the column.",
        _ => $"The `{Column}` column on the `{Table.Name}` table would be dropped and recreated. This will lead to data loss.",
    };
}

/// <summary>A column's values are cast to a type that may not hold them.</summary>
public sealed record RiskyCast(QualifiedName Table, string Column, string BeforeType, string AfterType) : DestructiveCheck
{
    /// <inheritdoc />
    public override QualifiedName? ColumnTable => Table;

    /// <inheritdoc />
    public override string? CountedColumn => Column;

    /// <inheritdoc />
    public override string? Describe(long? rows, long? values)
    {
        var cast = $"The data in that column will be cast from `{BeforeType}` to `{AfterType}`.";
        return (rows, values) switch
        {
            (0, _) or (_, 0) => null,
            (_, null) => $"You are about to alter the column `{Column}` on the `{Table.Name}` table. The data in that column could be lost. {cast}",
            _ => $"You are about to alter the column `{Column}` on the `{Table.Name}` table, which contains {values} non-null values. {cast}",
        };
    }
}

/// <summary>A column's values are cast to a type that has no cast from theirs.</summary>
public sealed record ImpossibleCast(QualifiedName Table, string Column, string BeforeType, string AfterType) : DestructiveCheck
{
    /// <inheritdoc />
    public override string? Describe(long? rows, long? values)
    {
        var cast = $"The data in that column will be cast from `{BeforeType}` to `{AfterType}`. This cast may fail."
            + " Please make sure the data in the column can be cast.";
        return (rows, values) switch
        {
            (0, _) or (_, 0) => null,
            (_, null) => $"You are about to alter the column `{Column}` on the `{Table.Name}` table. {cast}",
            _ => $"You are about to alter the column `{Column}` on the `{Table.Name}` table, which contains {values} non-null values. {cast}",
        };
    }
}

/// <summary>A primary key changes.</summary>
public sealed record PrimaryKeyChanged(QualifiedName Table) : DestructiveCheck
{
    /// <inheritdoc />
    public override QualifiedName? CountedTable => Table;

    /// <inheritdoc />
    public override string? Describe(long? rows, long? values) => rows == 0
        ? null
        : $"The primary key for the `{Table.Name}` table will be changed. If it partially fails, the table could be left without primary key constraint.";
}

/// <summary>A unique constraint comes to a table that is there.</summary>
public sealed record UniqueAdded(QualifiedName Table, EquatableArray<string> Columns) : DestructiveCheck
{
    /// <inheritdoc />
    public override string? Describe(long? rows, long? values) =>
        $"A unique constraint covering the columns `[{string.Join(',', Columns)}]` on the table `{Table.Name}` will be added."
        + " If there are existing duplicate values, this will fail.";
}

/// <summary>An enum loses labels.</summary>
public sealed record LabelsRemoved(string Enum, EquatableArray<string> Labels) : DestructiveCheck
{
    /// <inheritdoc />
    public override string? Describe(long? rows, long? values) =>
        $"The values [{string.Join(',', Labels)}] on the enum `{Enum}` will be removed."
        + " If these variants are still used in the database, this will fail.";
}

/// <summary>A required column without a default comes.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="HasClientDefault">Whether the client has a default for it.</param>
public sealed record RequiredColumnAdded(QualifiedName Table, string Column, bool HasClientDefault) : DestructiveCheck
{
    /// <inheritdoc />
    public override bool IsUnexecutable => true;

    /// <inheritdoc />
    public override QualifiedName? CountedTable => Table;

    /// <inheritdoc />
    public override string? Describe(long? rows, long? values)
    {
        if (rows == 0) return null;
        var details = rows is null
            ? "This is not possible if the table is not empty."
            : $"There are {rows} rows in this table, it is not possible to execute this step.";
        return HasClientDefault
            ? $"The required column `{Column}` was added to the `{Table.Name}` table with a prisma-level default value. {details}"
                + " Please add this column as optional, then populate it before making it required."
            : $"Added the required column `{Column}` to the `{Table.Name}` table without a default value. {details}";
    }
}

/// <summary>A column that may be null must not be any more.</summary>
public sealed record MadeRequired(QualifiedName Table, string Column) : DestructiveCheck
{
    /// <inheritdoc />
    public override bool IsUnexecutable => true;

    /// <inheritdoc />
    public override QualifiedName? CountedTable => Table;

    /// <inheritdoc />
    public override string? CountedColumn => Column;

    /// <inheritdoc />
    public override string? Describe(long? rows, long? values)
    {
        if (rows == 0 || rows is not null && rows == values) return null;
        return rows is null || values is null
            ? $"Made the column `{Column}` on table `{Table.Name}` required. This step will fail if there are existing NULL values in that column."
            : $"Made the column `{Column}` on table `{Table.Name}` required, but there are {rows - values} existing NULL values.";
    }
}

/// <summary>A single value becomes a list.</summary>
public sealed record MadeList(QualifiedName Table, string Column) : DestructiveCheck
{
    /// <inheritdoc />
    public override bool IsUnexecutable => true;

    /// <inheritdoc />
    public override QualifiedName? CountedTable => Table;

    /// <inheritdoc />
    public override string? CountedColumn => Column;

    /// <inheritdoc />
    public override string? Describe(long? rows, long? values)
    {
        if (rows == 0 || values == 0) return null;
        var details = values is null
            ? "If there are non-null values in that column, this step will fail."
            : $"There are {values} existing non-null values in that column, this step cannot be executed.";
        return $"Changed the column `{Column}` on the `{Table.Name}` table from a scalar field to a list field. {details}";
    }
}

/// <summary>A required column without a default is dropped and made again.</summary>
public sealed record RequiredColumnRecreated(QualifiedName Table, string Column) : DestructiveCheck
{
    /// <inheritdoc />
    public override bool IsUnexecutable => true;

    /// <inheritdoc />
    public override QualifiedName? CountedTable => Table;

    /// <inheritdoc />
    public override string? Describe(long? rows, long? values)
    {
        if (rows == 0) return null;
        var start = $"Changed the type of `{Column}` on the `{Table.Name}` table. No cast exists, the column would be dropped and recreated, which cannot be done";
        return rows is null
            ? start + " if there is data, since the column is required."
            : start + " since the column is required and there is data in the table.";
    }
}
