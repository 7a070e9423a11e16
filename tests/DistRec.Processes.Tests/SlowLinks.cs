using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace DistRec.Processes.Tests;

/// <summary>
/// One long and narrow cable that all nodes share: whatever goes from one to another goes through it, so many bytes a second both ways
/// together, and comes out later. Its streams take turns, packet by packet, as a router lets them.
/// </summary>
internal sealed class SlowLinks : INodePlaces, IAsyncDisposable
{
    private const int PacketBytes = 4096;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <summary>How much of what a busy machine kept the cable from carrying may be made up for at once.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    private readonly int _bytesPerSecond;
    private readonly TimeSpan _delay;
    private readonly CancellationTokenSource _end = new();
    private readonly List<TcpListener> _listeners = [];
    private readonly Lock _gate = new();
    private readonly List<Task> _running = [];
    private readonly List<Direction> _directions = [];
    private long _carried;

    public SlowLinks(int bytesPerSecond, TimeSpan delay)
    {
        _bytesPerSecond = bytesPerSecond;
        _delay = delay;
        Run(CarryAsync());
    }

    /// <summary>Bytes that have gone through.</summary>
    public long Carried => Interlocked.Read(ref _carried);

    /// <summary>A node that listens behind the cable, and is reached through it at both its ports.</summary>
    public NodePlace Next()
    {
        (int outside, int inside) = (LoopbackPlaces.FreePorts(), LoopbackPlaces.FreePorts());
        foreach (int offset in new[] { 0, 1 })
        {
            TcpListener listener = new(IPAddress.Loopback, outside + offset);
            listener.Start();
            _listeners.Add(listener);
            Run(AcceptAsync(listener, inside + offset));
        }

        return new NodePlace($"127.0.0.1:{inside}", new Uri($"http://127.0.0.1:{outside}/"));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listeners.ForEach(listener => listener.Stop());
        Task[] running;
        lock (_gate)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running);
        _end.Dispose();
    }

    private void Run(Task task)
    {
        lock (_gate)
        {
            _running.Add(task);
        }
    }

    private async Task AcceptAsync(TcpListener outside, int inside)
    {
        try
        {
            while (true)
            {
                Run(ServeAsync(await outside.AcceptSocketAsync(_end.Token), inside));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket near, int inside)
    {
        using (near)
        using (Socket far = new(SocketType.Stream, ProtocolType.Tcp))
        {
            Direction[] both = [new(near, far), new(far, near)];
            try
            {
                near.NoDelay = far.NoDelay = true;
                await far.ConnectAsync(IPAddress.Loopback, inside, _end.Token);
                lock (_gate)
                {
                    _directions.AddRange(both);
                }

                await Task.WhenAll(both.Select(direction => direction.RunAsync(_end.Token)));
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
            {
            }
            finally
            {
                lock (_gate)
                {
                    _directions.RemoveAll(both.Contains);
                }
            }
        }
    }

    private async Task CarryAsync()
    {
        using PeriodicTimer clock = new(Step);
        double credit = 0;
        long last = TimeProvider.System.GetTimestamp();
        int turn = 0;
        try
        {
            while (await clock.WaitForNextTickAsync(_end.Token))
            {
                long now = TimeProvider.System.GetTimestamp();
                credit = Math.Min(credit + _bytesPerSecond * TimeProvider.System.GetElapsedTime(last, now).TotalSeconds, _bytesPerSecond * Burst.TotalSeconds);
                last = now;
                Direction[] directions;
                lock (_gate)
                {
                    directions = [.. _directions];
                }

                for (int idle = 0; credit > 0 && idle < directions.Length; turn++)
                {
                    int taken = directions[turn % directions.Length].TakePacket(now);
                    idle = taken < 0 ? idle + 1 : 0;
                    credit -= Math.Max(taken, 0);
                    Interlocked.Add(ref _carried, Math.Max(taken, 0));
                }

                foreach (Direction direction in directions)
                {
                    direction.Arrive(now, _delay);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>One direction of a connection. What the cable has not taken yet waits with its sender.</summary>
    private sealed class Direction(Socket from, Socket to)
    {
        private readonly Channel<byte[]> _waiting = Channel.CreateBounded<byte[]>(1);
        private readonly Queue<(byte[] Packet, long Since)> _underway = new();
        private readonly Channel<byte[]> _arrived = Channel.CreateUnbounded<byte[]>();

        /// <summary>Lets the cable take a packet; the last one of a connection is empty.</summary>
        /// <returns>Its bytes; −1 when none waits.</returns>
        public int TakePacket(long now)
        {
            if (!_waiting.Reader.TryRead(out byte[]? packet))
            {
                return -1;
            }

            _underway.Enqueue((packet, now));
            return packet.Length;
        }

        /// <summary>Gives out what has been underway for long enough.</summary>
        public void Arrive(long now, TimeSpan delay)
        {
            while (_underway.TryPeek(out (byte[] Packet, long Since) first) && TimeProvider.System.GetElapsedTime(first.Since, now) >= delay)
            {
                _arrived.Writer.TryWrite(_underway.Dequeue().Packet);
            }
        }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            try
            {
                await Task.WhenAll(ReadAsync(cancellationToken), WriteAsync(cancellationToken));
            }
            catch (SocketException)
            {
                // Whoever is still there shall see it broken, in both directions.
                from.Close(0);
                to.Close(0);
                throw;
            }
        }

        private async Task ReadAsync(CancellationToken cancellationToken)
        {
            byte[] bytes = new byte[PacketBytes];
            int read;
            do
            {
                try
                {
                    read = await from.ReceiveAsync(bytes, cancellationToken);
                }
                catch (SocketException)
                {
                    _arrived.Writer.TryComplete();
                    throw;
                }

                await _waiting.Writer.WriteAsync(bytes.AsSpan(0, read).ToArray(), cancellationToken);
            }
            while (read > 0);
        }

        private async Task WriteAsync(CancellationToken cancellationToken)
        {
            await foreach (byte[] packet in _arrived.Reader.ReadAllAsync(cancellationToken))
            {
                if (packet.Length == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                for (int sent = 0; sent < packet.Length;)
                {
                    sent += await to.SendAsync(packet.AsMemory(sent), cancellationToken);
                }
            }
        }
    }
}
