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
    private readonly SourceText _source;
    private readonly Cursor _cursor;
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly int _lastBrace;

    private Parser(SourceText source)
    {
        _source = source;
        _cursor = new Cursor(source.Text);
        _lastBrace = source.Text.LastIndexOf('}');
    }

    public static (DocumentSyntax Root, ImmutableArray<Diagnostic> Diagnostics) Parse(SourceText source)
    {
        var parser = new Parser(source);
        var root = parser.Document();
        parser._diagnostics.AddRange(parser._cursor.BadEscapes.Select(span => SchemaDiagnostics.UnknownEscape(parser.At(span))));
        return (root, [.. parser._diagnostics.OrderBy(d => d.Location.Span.Start)]);
    }

    private DocumentSyntax Document()
    {
        var declarations = ImmutableArray.CreateBuilder<DeclarationSyntax>();
        if (_cursor.Peek == '\uFEFF') _cursor.At++;
        Comments comments = default;
        while (true)
        {
            _cursor.SkipBlanks();
            if (_cursor.IsAtEnd) break;
            if (_cursor.TakeNewLine())
            {
                // An empty line sets a comment free from what follows.
                comments = default;
                continue;
            }

            if (Comment(ref comments)) continue;
            if (Declaration(comments.Documentation) is { } declaration) declarations.Add(declaration);
            comments = default;
        }

        return new DocumentSyntax(new TextSpan(0, _source.Length), declarations.ToImmutable());
    }

    private DeclarationSyntax? Declaration(string? documentation)
    {
        var start = _cursor.At;
        var (errors, escapes) = (_diagnostics.Count, _cursor.BadEscapes.Count);
        if (Block(documentation) is { } block) return block;
        _cursor.At = start;
        _diagnostics.RemoveRange(errors, _diagnostics.Count - errors);
        _cursor.BadEscapes.RemoveRange(escapes, _cursor.BadEscapes.Count - escapes);
        if (TypeAlias()) return null;
        if (UnknownBlock() is { } bad) return bad;
        _cursor.At = start;
        _cursor.SkipLine();
        _diagnostics.Add(SchemaDiagnostics.InvalidLine(At(_cursor.From(start))));
        return null;
    }

    private DeclarationSyntax? Block(string? documentation)
    {
        var start = _cursor.At;
        if (_cursor.Name() is not { Text: "model" or "view" or "type" or "enum" or "datasource" or "generator" } keyword) return null;
        var behind = _cursor.At;
        _cursor.SkipBlanks();
        if (_cursor.At == behind || _cursor.Name() is not { } name || !OpenBlock()) return null;
        return keyword.Text switch
        {
            "model" => Model(start, name, documentation, ModelKind.Model),
            "view" => Model(start, name, documentation, ModelKind.View),
            "type" => Model(start, name, documentation, ModelKind.CompositeType),
            "enum" => Enum(start, name, documentation),
            "datasource" => Configuration(start, name, documentation, ConfigurationKind.Datasource),
            _ => Configuration(start, name, documentation, ConfigurationKind.Generator),
        };
    }

    /// <summary>The brace and, as the engine has it, whatever else stands on its line.</summary>
    private bool OpenBlock()
    {
        _cursor.SkipBlanks();
        if (!_cursor.Take('{') || _cursor.At > _lastBrace) return false;
        while (!_cursor.IsAtEnd && !_cursor.IsAtNewLine) _cursor.At++;
        return _cursor.TakeNewLine();
    }

    private ModelSyntax? Model(int start, NameSyntax name, string? documentation, ModelKind kind)
    {
        var fields = ImmutableArray.CreateBuilder<FieldSyntax>();
        var attributes = ImmutableArray.CreateBuilder<AttributeSyntax>();
        var isClosed = Lines(comments =>
        {
            if (BlockAttribute() is { } attribute)
            {
                attributes.Add(attribute);
                return true;
            }

            if (Field(name.Text, comments) is not { } field) return false;
            if (field.Type is not null) fields.Add(field);
            return true;
        }, SchemaDiagnostics.InvalidFieldLine);
        return isClosed ? new ModelSyntax(_cursor.From(start), name, documentation, kind, fields.ToImmutable(), attributes.ToImmutable()) : null;
    }

    private EnumSyntax? Enum(int start, NameSyntax name, string? documentation)
    {
        var values = ImmutableArray.CreateBuilder<EnumValueSyntax>();
        var attributes = ImmutableArray.CreateBuilder<AttributeSyntax>();
        var isClosed = Lines(comments =>
        {
            if (BlockAttribute() is { } attribute) attributes.Add(attribute);
            else if (EnumValue(comments) is { } value) values.Add(value);
            else return false;
            return true;
        }, SchemaDiagnostics.InvalidEnumLine);
        return isClosed ? new EnumSyntax(_cursor.From(start), name, documentation, values.ToImmutable(), attributes.ToImmutable()) : null;
    }

    private ConfigurationSyntax? Configuration(int start, NameSyntax name, string? documentation, ConfigurationKind kind)
    {
        var properties = ImmutableArray.CreateBuilder<PropertySyntax>();
        var word = kind == ConfigurationKind.Datasource ? "datasource" : "generator";
        var isClosed = Lines(_ =>
        {
            if (Property() is not { } property) return false;
            properties.Add(property);
            return true;
        }, at => SchemaDiagnostics.InvalidConfigurationLine(at, word));
        return isClosed ? new ConfigurationSyntax(_cursor.From(start), name, documentation, kind, properties.ToImmutable()) : null;
    }

    /// <summary>Reads the lines of a block up to its closing brace.</summary>
    /// <param name="read">Reads one line, or leaves the place as it likes and says false.</param>
    /// <param name="fault">What to report of a line that could not be read.</param>
    /// <returns>Whether there was a closing brace.</returns>
    private bool Lines(Func<Comments, bool> read, Func<SourceLocation, Diagnostic> fault)
    {
        Comments comments = default;
        while (true)
        {
            _cursor.SkipBlanks();
            if (_cursor.Take('}')) return true;
            if (_cursor.IsAtEnd) return false;
            if (_cursor.TakeNewLine() || Comment(ref comments)) continue;
            var start = _cursor.At;
            var (errors, escapes) = (_diagnostics.Count, _cursor.BadEscapes.Count);
            if (!read(comments))
            {
                _cursor.At = start;
                _diagnostics.RemoveRange(errors, _diagnostics.Count - errors);
                _cursor.BadEscapes.RemoveRange(escapes, _cursor.BadEscapes.Count - escapes);
                _cursor.SkipLine();
                _diagnostics.Add(fault(At(_cursor.From(start))));
            }

            comments = default;
        }
    }

    private AttributeSyntax? BlockAttribute()
    {
        var start = _cursor.At;
        if (_cursor.Attribute("@@") is { } attribute && EndOfLine(out _)) return attribute;
        _cursor.At = start;
        return null;
    }

    private FieldSyntax? Field(string model, Comments comments)
    {
        var start = _cursor.At;
        if (_cursor.Name() is not { } name) return null;
        _cursor.SkipBlanks();
        var colon = _cursor.At;
        if (_cursor.Take(':')) _diagnostics.Add(SchemaDiagnostics.LegacyColon(At(new TextSpan(colon, 1))));
        else _cursor.At = colon;
        _cursor.SkipBlanks();
        var type = FieldType(out var arity);
        var attributes = Attributes(out var end);
        if (type is null && attributes.IsEmpty) end = name.Span.End;
        if (!EndOfLine(out var trailing)) return null;
        if (type is null) _diagnostics.Add(SchemaDiagnostics.MissingFieldType(At(TextSpan.FromBounds(start, end)), model));
        var span = TextSpan.FromBounds(start, end);
        return new FieldSyntax(span, name, comments.With(trailing), type!, arity, attributes);
    }

    private EnumValueSyntax? EnumValue(Comments comments)
    {
        var start = _cursor.At;
        if (_cursor.Name() is not { } name) return null;
        var attributes = Attributes(out var end);
        if (attributes.IsEmpty) end = name.Span.End;
        return EndOfLine(out var trailing)
            ? new EnumValueSyntax(TextSpan.FromBounds(start, end), name, comments.With(trailing), attributes)
            : null;
    }

    private ImmutableArray<AttributeSyntax> Attributes(out int end)
    {
        var attributes = ImmutableArray.CreateBuilder<AttributeSyntax>();
        end = _cursor.At;
        while (true)
        {
            _cursor.SkipBlanks();
            if (_cursor.Attribute("@") is not { } attribute) break;
            attributes.Add(attribute);
            end = _cursor.At;
        }

        return attributes.ToImmutable();
    }

    private PropertySyntax? Property()
    {
        var start = _cursor.At;
        if (_cursor.Name() is not { } name) return null;
        _cursor.SkipBlanks();
        if (!_cursor.Take('=')) return null;
        _cursor.SkipBlanks();
        var value = _cursor.Expression();
        var span = TextSpan.FromBounds(start, value?.Span.End ?? _cursor.At);
        return EndOfLine(out _) ? new PropertySyntax(span, name, value) : null;
    }

    private FieldTypeSyntax? FieldType(out FieldArity arity)
    {
        arity = FieldArity.Required;
        var start = _cursor.At;
        if (_cursor.Take('['))
        {
            _cursor.SkipBlanks();
            var inner = BaseType();
            _cursor.SkipBlanks();
            if (inner is null || !_cursor.Take(']'))
            {
                _cursor.At = start;
                return null;
            }

            _diagnostics.Add(SchemaDiagnostics.LegacyList(At(_cursor.From(start)), inner.Name));
            arity = FieldArity.List;
            return inner;
        }

        if (BaseType() is not { } type) return null;
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

    private FieldTypeSyntax? BaseType()
    {
        var start = _cursor.At;
        if (_cursor.StartsWith("Unsupported("))
        {
            _cursor.At += "Unsupported(".Length;
            _cursor.SkipBlanks();
            var text = _cursor.String();
            _cursor.SkipBlanks();
            if (text is not null && _cursor.Take(')')) return new FieldTypeSyntax(_cursor.From(start), "Unsupported", text);
            _cursor.At = start;
        }

        return _cursor.Name() is { } name ? new FieldTypeSyntax(name.Span, name.Text, null) : null;
    }

    private bool TypeAlias()
    {
        var start = _cursor.At;
        if (_cursor.Name() is { Text: "type" })
        {
            _cursor.SkipBlanks();
            var isAlias = _cursor.Name() is not null;
            _cursor.SkipBlanks();
            if (isAlias && _cursor.Take('='))
            {
                _cursor.SkipBlanks();
                if (BaseType() is not null)
                {
                    Attributes(out _);
                    if (EndOfLine(out _))
                    {
                        _diagnostics.Add(SchemaDiagnostics.TypeAlias(At(_cursor.From(start))));
                        return true;
                    }
                }
            }
        }

        _cursor.At = start;
        return false;
    }

    /// <summary>One word and a brace: a block of an unknown kind, skipped whole.</summary>
    private BadDeclarationSyntax? UnknownBlock()
    {
        var start = _cursor.At;
        if (_cursor.Name() is not { } name || !OpenBlock() || !Lines(_ => { _cursor.SkipLine(); return true; }, SchemaDiagnostics.InvalidLine)) return null;
        _diagnostics.Add(SchemaDiagnostics.InvalidBlock(At(_cursor.From(start))));
        return new BadDeclarationSyntax(_cursor.From(start), name);
    }

    /// <summary>Takes an optional comment and the line break; the end of the file is none.</summary>
    private bool EndOfLine(out string? documentation)
    {
        documentation = null;
        _cursor.SkipBlanks();
        Comments comments = default;
        if (_cursor.StartsWith("//"))
        {
            LineComment(ref comments);
            documentation = comments.Documentation;
            return true;
        }

        if (_cursor.StartsWith("/*") && Comment(ref comments)) _cursor.SkipBlanks();
        return _cursor.TakeNewLine();
    }

    private bool Comment(ref Comments comments)
    {
        if (_cursor.StartsWith("//"))
        {
            LineComment(ref comments);
            return true;
        }

        if (!_cursor.StartsWith("/*")) return false;
        var end = _source.Text.IndexOf("*/", _cursor.At + 2, StringComparison.Ordinal);
        if (end < 0) return false;
        _cursor.At = end + 2;
        return true;
    }

    private void LineComment(ref Comments comments)
    {
        var isDocumentation = _cursor.StartsWith("///");
        _cursor.At += isDocumentation ? 3 : 2;
        var start = _cursor.At;
        while (!_cursor.IsAtEnd && !_cursor.IsAtNewLine) _cursor.At++;
        if (isDocumentation) comments.Add(_source[_cursor.From(start)].Trim().ToString());
        _cursor.TakeNewLine();
    }

    private SourceLocation At(TextSpan span) => new(_source, span);

    /// <summary>The doc comments collected before something.</summary>
    private struct Comments
    {
        private List<string>? _lines;

        public readonly string? Documentation => _lines is null ? null : string.Join('\n', _lines);

        public void Add(string line) => (_lines ??= []).Add(line);

        public readonly string? With(string? trailing) =>
            Documentation is { } before ? (trailing is null ? before : before + "\n" + trailing) : trailing;
    }
}
