using System.Net;
using System.Net.Sockets;

namespace Ploy.Bench.Client;

/// <summary>Stands between a client and its server and counts how often the client speaks after the server has answered.</summary>
internal sealed class RoundTrips : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _host;
    private readonly int _port;
    private int _count;

    public RoundTrips(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where the client is to connect.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Round trips so far, of all connections.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = RelayAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // It was disposed.
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(_host, _port);
        client.NoDelay = server.NoDelay = true;
        var isAnswered = 1;
        var up = CopyAsync(client.GetStream(), server.GetStream(), () =>
        {
            if (Interlocked.Exchange(ref isAnswered, 0) == 1) Interlocked.Increment(ref _count);
        });
        var down = CopyAsync(server.GetStream(), client.GetStream(), () => Volatile.Write(ref isAnswered, 1));
        await Task.WhenAny(up, down);
        client.Dispose();
    }

    private static async Task CopyAsync(NetworkStream from, NetworkStream to, Action passed)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReadAsync(buffer) is > 0 and var length)
            {
                passed();
                await to.WriteAsync(buffer.AsMemory(0, length));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // One of the two has hung up.
        }
    }
}
