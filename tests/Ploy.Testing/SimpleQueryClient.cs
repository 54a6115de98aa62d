using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Ploy.Testing;

/// <summary>What a server answered to a message.</summary>
/// <param name="Rows">The rows, their values joined with <c>|</c>.</param>
/// <param name="Tags">The tags of the statements that were done, one for each.</param>
/// <param name="Error">The SQLSTATE at which it stopped; null where it did not.</param>
public sealed record SimpleAnswer(IReadOnlyList<string> Rows, IReadOnlyList<string> Tags, string? Error);

/// <summary>
/// Sends texts as they are by the simple protocol (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SIMPLE-QUERY), so that the
/// server itself finds the statements in them; the driver knows no such message.
/// </summary>
public sealed class SimpleQueryClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly NetworkStream _stream;

    /// <summary>Connects as <c>postgres</c>, whom the test servers trust.</summary>
    public SimpleQueryClient(PostgresServer server, string database)
    {
        ArgumentNullException.ThrowIfNull(server);
        _socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(server.SocketFolder, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{server.Port}"))));
        _stream = new NetworkStream(_socket);
        var start = Encoding.UTF8.GetBytes($"\0\u0003\0\0user\0postgres\0database\0{database}\0client_encoding\0UTF8\0\0");
        Send(null, start);
        Answer();
    }

    /// <summary>Sends a text in one message and reads all answers to it.</summary>
    public SimpleAnswer Run(string text)
    {
        Send((byte)'Q', Encoding.UTF8.GetBytes(text + "\0"));
        return Answer();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private void Send(byte? kind, byte[] body)
    {
        var message = new byte[(kind is null ? 4 : 5) + body.Length];
        if (kind is { } byteOfKind) message[0] = byteOfKind;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(kind is null ? 0 : 1), 4 + body.Length);
        body.CopyTo(message, message.Length - body.Length);
        _stream.Write(message);
    }

    private SimpleAnswer Answer()
    {
        var (rows, tags) = (new List<string>(), new List<string>());
        string? error = null;
        Span<byte> head = stackalloc byte[5];
        while (true)
        {
            _stream.ReadExactly(head);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head[1..]) - 4];
            _stream.ReadExactly(body);
            switch ((char)head[0])
            {
                case 'D':
                    rows.Add(Row(body));
                    break;
                case 'C':
                    tags.Add(Encoding.UTF8.GetString(body).TrimEnd('\0'));
                    break;
                case 'E':
                    error = Encoding.UTF8.GetString(body).Split('\0').First(f => f.StartsWith('C'))[1..];
                    break;
                case 'Z':
                    return new SimpleAnswer(rows, tags, error);
            }
        }
    }

    private static string Row(ReadOnlySpan<byte> body)
    {
        var values = new List<string>();
        var rest = body[2..];
        for (var left = BinaryPrimitives.ReadInt16BigEndian(body); left > 0; left--)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            values.Add(length < 0 ? "NULL" : Encoding.UTF8.GetString(rest.Slice(4, length)));
            rest = rest[(4 + Math.Max(length, 0))..];
        }

        return string.Join('|', values);
    }
}
