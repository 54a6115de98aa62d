using System.Collections.Immutable;
using Ploy.Core.Diagnostics;
using Ploy.Core.Text;
using Ploy.Language.Diagnostics;

namespace Ploy.Language.Syntax;

/// <summary>
/// Reads a file line by line, as the language's grammar has it: what a line is not is reported at that line and reading
/// goes on with the next. Never throws; linear in the text.
/// </summary>
internal sealed class Parser
{
    private static readonly string[] Keywords = ["model", "type", "view", "enum", "datasource", "generator"];

    private readonly SourceText _source;
    private readonly Cursor _cursor;
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly BlockCommentEnds _blockComments;
    private readonly NodeStack<Piece> _pieces = new();
    private readonly NodeStack<AttributeSyntax> _attributes = new();
    private readonly List<int> _lineStarts = [];
    private readonly int _lastBrace;

    /// <summary>Where lines began, by the kind of block, that no brace closes: whoever comes there again need not read on.</summary>
    private readonly HashSet<(LineKind Kind, int At)> _unclosed = [];

    private Parser(SourceText source, NameTable names)
    {
        _blockComments = new BlockCommentEnds(source.Text);
        _source = source;
        _cursor = new Cursor(source.Text, names);
        _lastBrace = source.Text.LastIndexOf('}');
    }

    public static (DocumentSyntax Root, ImmutableArray<Diagnostic> Diagnostics) Parse(SourceText source, NameTable names)
    {
        var parser = new Parser(source, names);
        var root = parser.Document();
        if (parser._diagnostics.Count == 0 && parser._cursor.BadEscapes.Count == 0) return (root, []);
        parser._diagnostics.AddRange(parser._cursor.BadEscapes.Select(span => SchemaDiagnostics.UnknownEscape(parser.At(span))));
        return (root, [.. parser._diagnostics.OrderBy(d => d.Location.Span.Start)]);
    }

    private DocumentSyntax Document()
    {
        var mark = _pieces.Mark;
        if (_cursor.Peek == '\uFEFF') _cursor.At++;
        Comments comments = default;
        while (true)
        {
            _cursor.SkipBlanks();
            if (_cursor.IsAtEnd) break;
            var start = _cursor.At;
            if (_cursor.TakeNewLine())
            {
                // An empty line sets a comment free from what follows.
                comments = default;
                _pieces.AddEmptyLines(mark, _cursor.From(start));
                continue;
            }

            if (Comment(ref comments) is { } comment)
            {
                _pieces.Add(comment);
                continue;
            }

            _pieces.Add(Declaration(comments.Documentation));
            comments = default;
        }

        return new DocumentSyntax(new TextSpan(0, _source.Length), _pieces.Take(mark));
    }

    private Piece Declaration(string? documentation)
    {
        var start = _cursor.At;
        var (errors, escapes) = (_diagnostics.Count, _cursor.BadEscapes.Count);
        if (Block(documentation) is { } block) return new Piece(PieceKind.Node, block.Span, block);
        _cursor.At = start;
        _diagnostics.RemoveRange(errors, _diagnostics.Count - errors);
        _cursor.BadEscapes.RemoveRange(escapes, _cursor.BadEscapes.Count - escapes);
        if (TypeAlias()) return new Piece(PieceKind.Bad, _cursor.From(start));
        if (UnknownBlock() is { } bad) return new Piece(PieceKind.Bad, bad.Span, bad);
        _cursor.At = start;
        _cursor.SkipLine();
        _diagnostics.Add(SchemaDiagnostics.InvalidLine(At(_cursor.From(start))));
        return new Piece(PieceKind.Bad, _cursor.From(start));
    }

    private DeclarationSyntax? Block(string? documentation)
    {
        var start = _cursor.At;
        if (!char.IsAsciiLetterLower(_cursor.Peek)) return null;
        foreach (var keyword in Keywords)
        {
            if (!_cursor.StartsWith(keyword)) continue;
            _cursor.At += keyword.Length;
            _cursor.SkipBlanks();
            // No blank is needed between the two: `modelA {` declares A.
            if (_cursor.Name() is not { } name || !OpenBlock()) return null;
            return keyword switch
            {
                "model" => Model(start, name, documentation, ModelKind.Model),
                "view" => Model(start, name, documentation, ModelKind.View),
                "type" => Model(start, name, documentation, ModelKind.CompositeType),
                "enum" => Enum(start, name, documentation),
                "datasource" => Configuration(start, name, documentation, ConfigurationKind.Datasource),
                _ => Configuration(start, name, documentation, ConfigurationKind.Generator),
            };
        }

        return null;
    }

    /// <summary>The brace and, as the engine has it, whatever else stands on its line.</summary>
    private bool OpenBlock()
    {
        _cursor.SkipBlanks();
        if (!_cursor.Take('{') || _cursor.At > _lastBrace) return false;
        _cursor.SkipToLineEnd();
        return _cursor.TakeNewLine();
    }

    private ModelSyntax? Model(int start, NameSyntax name, string? documentation, ModelKind kind) =>
        Lines(LineKind.Field, name) is { } pieces ? new ModelSyntax(_cursor.From(start), name, documentation, kind, pieces) : null;

    private EnumSyntax? Enum(int start, NameSyntax name, string? documentation) =>
        Lines(LineKind.EnumValue, name) is { } pieces ? new EnumSyntax(_cursor.From(start), name, documentation, pieces) : null;

    private ConfigurationSyntax? Configuration(int start, NameSyntax name, string? documentation, ConfigurationKind kind) =>
        Lines(kind == ConfigurationKind.Datasource ? LineKind.DatasourceProperty : LineKind.GeneratorProperty, name) is { } pieces
            ? new ConfigurationSyntax(_cursor.From(start), name, documentation, kind, pieces)
            : null;

    /// <summary>Reads the lines of a block up to its closing brace.</summary>
    /// <param name="kind">What the lines are.</param>
    /// <param name="block">The block's name.</param>
    /// <returns>The lines; null where there is no closing brace.</returns>
    private ImmutableArray<Piece>? Lines(LineKind kind, NameSyntax block)
    {
        var mark = _pieces.Mark;
        _lineStarts.Clear();
        Comments comments = default;
        while (true)
        {
            _cursor.SkipBlanks();
            if (_cursor.Take('}')) return _pieces.Take(mark);
            var start = _cursor.At;
            if (_cursor.IsAtEnd || _unclosed.Contains((kind, start)))
            {
                foreach (var at in _lineStarts) _unclosed.Add((kind, at));
                _pieces.Drop(mark);
                return null;
            }

            _lineStarts.Add(start);
            if (_cursor.TakeNewLine())
            {
                _pieces.AddEmptyLines(mark, _cursor.From(start));
                continue;
            }

            if (Comment(ref comments) is { } comment)
            {
                _pieces.Add(comment);
                continue;
            }

            var (errors, escapes) = (_diagnostics.Count, _cursor.BadEscapes.Count);
            if (Line(kind, block.Text, comments) is { } line)
            {
                _pieces.Add(line);
            }
            else
            {
                _cursor.At = start;
                _diagnostics.RemoveRange(errors, _diagnostics.Count - errors);
                _cursor.BadEscapes.RemoveRange(escapes, _cursor.BadEscapes.Count - escapes);
                var begins = BeginsBlock();
                _cursor.At = start;
                _cursor.SkipLine();
                var fault = Fault(kind, At(_cursor.From(start)));
                _diagnostics.Add(begins ? SchemaDiagnostics.BehindOpenBlock(fault, At(block.Span), block.Text) : fault);
                _pieces.Add(new Piece(PieceKind.Bad, _cursor.From(start)));
            }

            comments = default;
        }
    }

    /// <summary>Whether a line within a block looks like the head of the next one, so that it is the closing brace that is missing. Moves on.</summary>
    private bool BeginsBlock()
    {
        foreach (var keyword in Keywords)
        {
            if (!_cursor.StartsWith(keyword)) continue;
            _cursor.At += keyword.Length;
            _cursor.SkipBlanks();
            if (_cursor.Name() is null) return false;
            _cursor.SkipBlanks();
            return _cursor.Take('{');
        }

        return false;
    }

    /// <summary>Reads one line, or leaves the place as it likes and gives null.</summary>
    private Piece? Line(LineKind kind, string block, Comments comments) => kind switch
    {
        LineKind.Field => BlockAttribute() ?? Field(block, comments),
        LineKind.EnumValue => BlockAttribute() ?? EnumValue(comments),
        _ => Property(),
    };

    /// <summary>What to report of a line that could not be read.</summary>
    private static Diagnostic Fault(LineKind kind, SourceLocation at) => kind switch
    {
        LineKind.Field => SchemaDiagnostics.InvalidFieldLine(at),
        LineKind.EnumValue => SchemaDiagnostics.InvalidEnumLine(at),
        LineKind.DatasourceProperty => SchemaDiagnostics.InvalidConfigurationLine(at, "datasource"),
        LineKind.GeneratorProperty => SchemaDiagnostics.InvalidConfigurationLine(at, "generator"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Piece? BlockAttribute()
    {
        var start = _cursor.At;
        if (_cursor.Attribute("@@") is { } attribute && EndOfLine(out var comment)) return Line(attribute, comment);
        _cursor.At = start;
        return null;
    }

    private static Piece Line(SyntaxNode node, TextSpan? comment) => new(PieceKind.Node, node.Span, node, comment);

    private Piece? Field(string model, Comments comments)
    {
        var start = _cursor.At;
        if (_cursor.Name() is not { } name) return null;
        var faults = _diagnostics.Count;
        _cursor.SkipBlanks();
        var colon = _cursor.At;
        if (_cursor.Take(':')) _diagnostics.Add(SchemaDiagnostics.LegacyColon(At(new TextSpan(colon, 1))));
        else _cursor.At = colon;
        _cursor.SkipBlanks();
        var type = FieldType(out var arity, out var isOptionalList);
        var isOldForm = _diagnostics.Count > faults;
        var attributes = Attributes(out var end);
        if (type.IsMissing && attributes.IsEmpty) end = name.Span.End;
        if (!EndOfLine(out var trailing)) return null;
        if (type.IsMissing) _diagnostics.Add(SchemaDiagnostics.MissingFieldType(At(TextSpan.FromBounds(start, end)), model));
        var span = TextSpan.FromBounds(start, end);
        // A field without a type, or in a form that is gone, is kept for its layout only: models leave it out.
        var field = new FieldSyntax(span, name, comments.With(Documentation(trailing)), type, arity, attributes) { IsOptionalList = isOptionalList, IsOldForm = isOldForm };
        return Line(field, trailing);
    }

    private Piece? EnumValue(Comments comments)
    {
        var start = _cursor.At;
        if (_cursor.Name() is not { } name) return null;
        var attributes = Attributes(out var end);
        if (attributes.IsEmpty) end = name.Span.End;
        return EndOfLine(out var trailing)
            ? Line(new EnumValueSyntax(TextSpan.FromBounds(start, end), name, comments.With(Documentation(trailing)), attributes), trailing)
            : null;
    }

    private ImmutableArray<AttributeSyntax> Attributes(out int end)
    {
        var mark = _attributes.Mark;
        end = _cursor.At;
        while (true)
        {
            _cursor.SkipBlanks();
            if (_cursor.Attribute("@") is not { } attribute) break;
            _attributes.Add(attribute);
            end = _cursor.At;
        }

        return _attributes.Take(mark);
    }

    private Piece? Property()
    {
        var start = _cursor.At;
        if (_cursor.Name() is not { } name) return null;
        _cursor.SkipBlanks();
        if (!_cursor.Take('=')) return null;
        _cursor.SkipBlanks();
        var value = _cursor.Expression();
        var span = TextSpan.FromBounds(start, value?.Span.End ?? _cursor.At);
        return EndOfLine(out var trailing) ? Line(new PropertySyntax(span, name, value), trailing) : null;
    }

    private FieldTypeSyntax FieldType(out FieldArity arity, out bool isOptionalList)
    {
        isOptionalList = false;
        arity = FieldArity.Required;
        var start = _cursor.At;
        if (_cursor.Take('['))
        {
            _cursor.SkipBlanks();
            var inner = BaseType();
            _cursor.SkipBlanks();
            if (inner.IsMissing || !_cursor.Take(']'))
            {
                _cursor.At = start;
                return default;
            }

            _diagnostics.Add(SchemaDiagnostics.LegacyList(At(_cursor.From(start)), inner.Name));
            arity = FieldArity.List;
            return inner;
        }

        var type = BaseType();
        if (type.IsMissing) return type;
        var end = _cursor.At;
        _cursor.SkipBlanks();
        if (_cursor.StartsWith("[]"))
        {
            _cursor.At += 2;
            arity = FieldArity.List;
            end = _cursor.At;
            _cursor.SkipBlanks();
            if (_cursor.Take('?'))
            {
                isOptionalList = true;
                _diagnostics.Add(SchemaDiagnostics.OptionalList(At(_cursor.From(start)), type.Name));
                return type;
            }
        }
        else if (_cursor.Take('?'))
        {
            arity = FieldArity.Optional;
            return type;
        }
        else if (_cursor.Take('!'))
        {
            _diagnostics.Add(SchemaDiagnostics.LegacyRequired(At(_cursor.From(start)), type.Name));
            return type;
        }

        _cursor.At = end;
        return type;
    }

    private FieldTypeSyntax BaseType()
    {
        var start = _cursor.At;
        if (_cursor.Peek == 'U' && _cursor.StartsWith("Unsupported("))
        {
            _cursor.At += "Unsupported(".Length;
            _cursor.SkipBlanks();
            var text = _cursor.String();
            _cursor.SkipBlanks();
            if (text is not null && _cursor.Take(')')) return new FieldTypeSyntax(_cursor.From(start), "Unsupported", text);
            _cursor.At = start;
        }

        return _cursor.Name() is { } name ? new FieldTypeSyntax(name.Span, name.Text, null) : default;
    }

    /// <summary><c>type X = Int @id</c>, which the language had once; what else is on its line is read for itself.</summary>
    private bool TypeAlias()
    {
        var start = _cursor.At;
        if (_cursor.StartsWith("type"))
        {
            _cursor.At += "type".Length;
            _cursor.SkipBlanks();
            var isAlias = _cursor.Name() is not null;
            _cursor.SkipBlanks();
            if (isAlias && _cursor.Take('='))
            {
                _cursor.SkipBlanks();
                if (!BaseType().IsMissing)
                {
                    // Blanks behind it belong to it, as in the engine, unless a parenthesis ends it.
                    var attributes = Attributes(out var end);
                    if (attributes is [.., { Arguments: not null }]) _cursor.At = end;
                    _diagnostics.Add(SchemaDiagnostics.TypeAlias(At(_cursor.From(start))));
                    return true;
                }
            }
        }

        _cursor.At = start;
        return false;
    }

    /// <summary>One word and a brace: a block of an unknown kind, skipped up to the next closing brace.</summary>
    private BadDeclarationSyntax? UnknownBlock()
    {
        var start = _cursor.At;
        if (_cursor.Name() is not { } name || !OpenBlock()) return null;
        var end = _source.Text.IndexOf('}', _cursor.At);
        if (end < 0) return null;
        _cursor.At = end + 1;
        _diagnostics.Add(SchemaDiagnostics.InvalidBlock(At(_cursor.From(start))));
        return new BadDeclarationSyntax(_cursor.From(start), name);
    }

    /// <summary>Takes an optional comment and the line break; the end of the file is none.</summary>
    private bool EndOfLine(out TextSpan? comment)
    {
        comment = null;
        _cursor.SkipBlanks();
        Comments ignored = default;
        if (Comment(ref ignored, isTrailing: true) is not { } piece) return _cursor.TakeNewLine();
        comment = piece.Span;
        if (piece.Kind == PieceKind.Comment) return true;
        _cursor.SkipBlanks();
        return _cursor.TakeNewLine();
    }

    private Piece? Comment(ref Comments comments, bool isTrailing = false)
    {
        if (_cursor.Peek != '/') return null;
        var start = _cursor.At;
        if (_cursor.StartsWith("//"))
        {
            _cursor.SkipToLineEnd();
            var span = _cursor.From(start);
            if (Documentation(span) is { } documentation) comments.Add(documentation);
            _cursor.TakeNewLine();
            return new Piece(PieceKind.Comment, span);
        }

        if (!_cursor.StartsWith("/*") || _blockComments.Find(start) is not { } end) return null;
        _cursor.At = end;
        var block = new Piece(PieceKind.BlockComment, _cursor.From(start));
        if (!isTrailing) _cursor.TakeNewLine();
        return block;
    }

    /// <summary>What a doc comment says; null of any other.</summary>
    private string? Documentation(TextSpan? comment) =>
        comment is { } span && _source[span] is ['/', '/', '/', .. var text] ? text.Trim().ToString() : null;

    /// <summary>What the lines of a block are.</summary>
    private enum LineKind
    {
        Field,
        EnumValue,
        DatasourceProperty,
        GeneratorProperty,
    }

    private SourceLocation At(TextSpan span) => new(_source, span);

    /// <summary>The doc comments collected before something.</summary>
    private struct Comments
    {
        private string? _first;
        private List<string>? _more;

        public readonly string? Documentation => _more is null ? _first : string.Join('\n', _more.Prepend(_first));

        public void Add(string line)
        {
            if (_first is null) _first = line;
            else (_more ??= []).Add(line);
        }

        public readonly string? With(string? trailing) =>
            Documentation is { } before ? (trailing is null ? before : before + "\n" + trailing) : trailing;
    }
}
