using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using DistRec.Actors.Cluster.Standalone.Protocol;
using Google.Protobuf;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>
/// One incarnation of a node, seen from either end: frames both ways over one WebSocket after another. Sending never
/// waits; what is sent while no connection is there goes out with the next.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Its semaphore holds no handle, and late senders may still signal it.")]
internal sealed class ControlSession : IFrameSink
{
    /// <summary>Small frames share a WebSocket message up to this size.</summary>
    private const int BatchBytes = 32 * 1024;

    /// <summary>No peer sends more in one WebSocket message; a view of a thousand kinds fits.</summary>
    private const int LargestMessage = 16 * 1024 * 1024;

    private const int FramesBetweenAcknowledgements = 32;

    private readonly FrameJournal _journal = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _unwritten = new(0);
    private CancellationTokenSource? _connection;
    private TaskCompletionSource? _acknowledged;
    private Task _running = Task.CompletedTask;
    private int _unconfirmed;
    private bool _isComplete;

    public long Received
    {
        get
        {
            lock (_gate)
            {
                return _journal.Received;
            }
        }
    }

    public void Send(Frame frame)
    {
        lock (_gate)
        {
            if (_isComplete)
            {
                return;
            }

            _journal.Add(frame);
        }

        _unwritten.Release();
    }

    /// <summary>Sends on this connection or not at all.</summary>
    public void SendTransient(Frame frame)
    {
        lock (_gate)
        {
            if (_isComplete)
            {
                return;
            }

            _journal.AddTransient(frame);
        }

        _unwritten.Release();
    }

    /// <summary>Takes no more frames and closes the connection when those it has are written.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;

            // Nobody may be reading any more.
            _connection?.CancelAfter(TimeSpan.FromSeconds(2));
        }

        _unwritten.Release();
    }

    /// <summary>Breaks the connection there is, if any.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            _connection?.Cancel();
        }
    }

    /// <summary>Completes when the other side has received all that was sent, or the present connection has ended.</summary>
    public Task WhenAcknowledgedAsync()
    {
        lock (_gate)
        {
            if (_journal.IsAcknowledged)
            {
                return Task.CompletedTask;
            }

            _acknowledged ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.WhenAny(_acknowledged.Task, _running);
        }
    }

    /// <summary>
    /// Carries frames over a connection until it ends, in whatever way. One connection at a time: a new one ends the
    /// one before.
    /// </summary>
    /// <returns>Why the connection ended.</returns>
    public async Task<string> RunAsync(
        WebSocket socket, long receivedThere, Action<Frame> receive, CancellationToken cancellationToken)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource connection = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task before;
        lock (_gate)
        {
            _connection?.Cancel();
            _connection = connection;
            before = _running;
            _running = done.Task;
        }

        try
        {
            await before.ConfigureAwait(false);
            lock (_gate)
            {
                _journal.Resume(receivedThere);
            }

            Task<string> writing = WriteAsync(socket, connection.Token);
            Task<string> reading = ReadAsync(socket, receive, connection.Token);
            Task<string> first = await Task.WhenAny(writing, reading).ConfigureAwait(false);
            if (first == writing && socket.State == WebSocketState.CloseSent)
            {
                // The last frames are out; the other side closes its half when it has read them.
                connection.CancelAfter(TimeSpan.FromSeconds(2));
                await reading.ConfigureAwait(false);
            }

            string reason = await first.ConfigureAwait(false);
            await connection.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(writing, reading).ConfigureAwait(false);
            return reason;
        }
        finally
        {
            await connection.CancelAsync().ConfigureAwait(false);
            lock (_gate)
            {
                if (_connection == connection)
                {
                    _connection = null;
                }
            }

            done.SetResult();
        }
    }

    private async Task<string> WriteAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        using MemoryStream batch = new();
        try
        {
            while (true)
            {
                bool isComplete = Fill(batch);
                if (batch.Length > 0)
                {
                    await socket.SendAsync(
                        batch.GetBuffer().AsMemory(0, (int)batch.Length), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken)
                        .ConfigureAwait(false);
                    continue;
                }

                if (isComplete)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken).ConfigureAwait(false);
                    return "it was closed here";
                }

                await _unwritten.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            return exception.Message;
        }
    }

    private bool Fill(MemoryStream batch)
    {
        batch.SetLength(0);
        lock (_gate)
        {
            while (batch.Length < BatchBytes && _journal.Next() is { } frame)
            {
                frame.WriteDelimitedTo(batch);
            }

            return _isComplete;
        }
    }

    private async Task<string> ReadAsync(WebSocket socket, Action<Frame> receive, CancellationToken cancellationToken)
    {
        try
        {
            while (await WebSocketMessages.ReceiveAsync(socket, LargestMessage, cancellationToken).ConfigureAwait(false) is { } bytes)
            {
                using MemoryStream batch = new(bytes, writable: false);
                while (batch.Position < batch.Length)
                {
                    Receive(Frame.Parser.ParseDelimitedFrom(batch), receive);
                }
            }

            return "the other side closed it";
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException
            or ObjectDisposedException or InvalidDataException)
        {
            return exception.Message;
        }
    }

    private void Receive(Frame frame, Action<Frame> receive)
    {
        bool isNew;
        bool acknowledge = false;
        TaskCompletionSource? acknowledged = null;
        lock (_gate)
        {
            isNew = _journal.Receive(frame);
            if (frame.Sequence != 0 && ++_unconfirmed >= FramesBetweenAcknowledgements)
            {
                _unconfirmed = 0;
                acknowledge = true;
            }

            if (_journal.IsAcknowledged)
            {
                (acknowledged, _acknowledged) = (_acknowledged, null);
            }
        }

        acknowledged?.TrySetResult();
        if (acknowledge)
        {
            SendTransient(new Frame());
        }

        if (isNew && frame.ContentCase != Frame.ContentOneofCase.None)
        {
            receive(frame);
        }
    }
}
