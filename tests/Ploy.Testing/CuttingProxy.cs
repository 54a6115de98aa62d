using System.Net;
using System.Net.Sockets;

namespace Ploy.Testing;

/// <summary>When a connection is cut, seen from the message that the client sends.</summary>
public enum CutMoment
{
    /// <summary>The server never sees it.</summary>
    Before,

    /// <summary>The server gets it, and the connection is gone while it works.</summary>
    During,

    /// <summary>The server has begun to answer; the client never hears.</summary>
    After,
}

/// <summary>
/// Stands between a client and a server and cuts all connections at the n-th message of the client: what the server sees of a client that is
/// killed there. Afterwards nobody gets through.
/// </summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _cut = new();
    private readonly string _host;
    private readonly int _port;
    private readonly int _message;
    private readonly CutMoment _moment;
    private readonly Task _accepting;
    private int _count;

    /// <summary>Begins to listen.</summary>
    /// <param name="host">The server.</param>
    /// <param name="port">Its port.</param>
    /// <param name="message">The message at which it cuts, from 1; 0 never cuts and only counts.</param>
    /// <param name="moment">When.</param>
    public CuttingProxy(string host, int port, int message, CutMoment moment)
    {
        (_host, _port, _message, _moment) = (host, port, message, moment);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to, on loopback.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many messages clients have sent.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether it has cut.</summary>
    public bool HasCut => _cut.IsCancellationRequested;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _cut.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        var pairs = new List<Task>();
        try
        {
            while (!_cut.IsCancellationRequested)
                pairs.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_cut.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut or disposed.
        }

        await Task.WhenAll(pairs).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(_host, _port, _cut.Token);
        near.NoDelay = far.NoDelay = true;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token);
        var answered = new SemaphoreSlim(0);
        var back = AnswersAsync(far.GetStream(), near.GetStream(), answered, ended.Token);
        await MessagesAsync(near.GetStream(), far.GetStream(), answered, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended.CancelAsync();
        await back.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task MessagesAsync(NetworkStream from, NetworkStream to, SemaphoreSlim answered, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            var length = await from.ReadAsync(buffer, cancellationToken);
            if (length == 0) return;
            var isCut = Interlocked.Increment(ref _count) == _message;
            if (isCut && _moment == CutMoment.Before)
            {
                await _cut.CancelAsync();
                return;
            }

            while (answered.CurrentCount > 0) await answered.WaitAsync(cancellationToken);
            await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            if (!isCut) continue;
            if (_moment == CutMoment.After) await answered.WaitAsync(TimeSpan.FromSeconds(5), cancellationToken);
            await _cut.CancelAsync();
            return;
        }
    }

    private static async Task AnswersAsync(NetworkStream from, NetworkStream to, SemaphoreSlim answered, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            var length = await from.ReadAsync(buffer, cancellationToken);
            if (length == 0) return;
            answered.Release();
            await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
        }
    }
}
