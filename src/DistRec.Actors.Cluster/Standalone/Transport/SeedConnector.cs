using System.Net.WebSockets;
using DistRec.Actors.Cluster.Blocks;
using DistRec.Actors.Cluster.Security;
using DistRec.Actors.Cluster.Standalone.Protocol;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>
/// Keeps a worker in the cluster: connects to the seed, comes back after a broken connection, and ends the node's actors
/// as soon as the seed may think them dead.
/// </summary>
internal sealed class SeedConnector : IDisposable
{
    private readonly StandaloneOptions _options;
    private readonly NodeDescription _self;
    private readonly NodeRuntime _node;
    private readonly Certificates? _certificates;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private Task _ending = Task.CompletedTask;
    private Life? _life;

    public SeedConnector(
        StandaloneOptions options, NodeDescription self, NodeRuntime node, Certificates? certificates, ILogger logger)
    {
        _options = options;
        _self = self;
        _node = node;
        _certificates = certificates;
        _logger = logger;
        _time = options.NodeTime;
    }

    /// <summary>Connects for the first time, waiting for the seed if it is not there yet, and stays connected from then on.</summary>
    /// <exception cref="NodeRefusedException">The seed does not let this node in.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(ConnectAsync(), WatchAsync());
        await _joined.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Wants this node's actors to move away; <see cref="NodeRuntime.Leaving"/> tells when they have.</summary>
    public void Leave() => Current()?.Session.Send(new Frame { Leave = new Leave() });

    /// <summary>Breaks the connection, as a network does; the node will come back.</summary>
    internal void Break() => Current()?.Session.Abort();

    /// <summary>Says good-bye, if the seed still listens, and connects no more.</summary>
    public async Task StopAsync()
    {
        if (Current() is { } life)
        {
            life.Session.Send(new Frame { Stopped = new Stopped() });
            try
            {
                await life.Session.WhenAcknowledgedAsync().WaitAsync(_options.ReconnectGrace, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The seed will notice by itself.
            }
        }

        await DieAsync().ConfigureAwait(false);
    }

    /// <summary>Stops as if the process had died: without a word.</summary>
    public async Task DieAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private bool HasLeft => _node.Leaving is not null && Current() is null;

    private Life? Current()
    {
        lock (_gate)
        {
            return _life;
        }
    }

    private async Task ConnectAsync()
    {
        long began = _time.GetTimestamp();
        string lastReason = "";
        while (!_stopping.IsCancellationRequested && !HasLeft)
        {
            try
            {
                await ConnectOnceAsync().ConfigureAwait(false);
            }
            catch (IncarnationEndedException exception)
            {
                End(Current(), exception.Message);
                continue;
            }
            catch (NodeRefusedException exception)
            {
                // An earlier life of this node may still count as alive; it will not for long.
                bool mayPass = exception.Reason == RefusalReason.Duplicate
                    && _time.GetElapsedTime(began) < _options.DetectionTime + _options.ReconnectGrace;
                if (!mayPass && _joined.TrySetException(exception))
                {
                    return;
                }

                _logger.LogError("Node {Node} was refused by the seed: {Reason}", _self.NodeId, exception.Message);
            }
            catch (Exception exception) when (exception is WebSocketException or InvalidDataException or IOException or OperationCanceledException)
            {
                string reason = (exception.InnerException ?? exception).Message;
                _logger.Log(
                    reason == lastReason ? LogLevel.Debug : LogLevel.Warning,
                    "Node {Node} cannot reach the seed at {Seed} and tries again: {Reason}", _self.NodeId, _options.SeedAddress, reason);
                lastReason = reason;
            }

            await PauseAsync(_options.HeartbeatInterval / 5).ConfigureAwait(false);
        }
    }

    /// <summary>One connection, from the first word to its end.</summary>
    private async Task ConnectOnceAsync()
    {
        await _ending.ConfigureAwait(false);
        Life? life = Current();
        using ClientWebSocket socket = NewSocket();
        Welcome welcome;
        using (CancellationTokenSource timeout = new(_options.DetectionTime, _time))
        using (CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token))
        {
            await socket.ConnectAsync(ControlAddress(), either.Token).ConfigureAwait(false);
            welcome = await Handshake.JoinAsync(socket, Hello(life), _options.Secret, either.Token).ConfigureAwait(false);
        }

        if (life is null)
        {
            life = Begin(welcome);
        }
        else if (!Resume(life))
        {
            return;
        }

        string reason = await life.Session
            .RunAsync(socket, welcome.Received, frame => Receive(life, frame), _stopping.Token).ConfigureAwait(false);
        lock (_gate)
        {
            if (_life == life)
            {
                life.BrokenAt = _time.GetTimestamp();
            }
        }

        _logger.LogWarning(
            "Node {Node} with incarnation {Incarnation} lost its connection to the seed: {Reason}", _self.NodeId, life.Incarnation, reason);
    }

    private Life Begin(Welcome welcome)
    {
        Life life = new(welcome.Epoch, welcome.Incarnation, _time.GetTimestamp());
        lock (_gate)
        {
            _life = life;
        }

        _logger.LogInformation("Node {Node} joined the cluster as incarnation {Incarnation}.", _self.NodeId, life.Incarnation);
        _node.Joined(life.Session, life.Incarnation);
        _joined.TrySetResult();
        return life;
    }

    /// <summary>False when the life ended while the connection was being made.</summary>
    private bool Resume(Life life)
    {
        lock (_gate)
        {
            if (_life != life)
            {
                return false;
            }

            life.BrokenAt = null;
            return true;
        }
    }

    private void Receive(Life life, Frame frame)
    {
        switch (frame.ContentCase)
        {
            case Frame.ContentOneofCase.Heartbeat:
                life.Renew(frame.Heartbeat.Number);
                break;
            case Frame.ContentOneofCase.Removed:
                End(life, frame.Removed.Reason);
                break;
            default:
                _node.Receive(life.Session, frame);
                break;
        }
    }

    /// <summary>Sends signs of life and ends the node's life when none has come back for too long.</summary>
    private async Task WatchAsync()
    {
        TimeSpan step = _options.HeartbeatInterval / 4;
        for (int turn = 0; !_stopping.IsCancellationRequested; turn++)
        {
            await PauseAsync(step).ConfigureAwait(false);
            if (Current() is not { } life)
            {
                continue;
            }

            if (turn % 4 == 0)
            {
                NodeTraffic traffic = _node.Traffic;
                life.Session.SendTransient(new Frame
                {
                    Heartbeat = new Heartbeat { Number = life.Beat(_time.GetTimestamp()), ReceivedBytes = traffic.ReceivedBytes, SentBytes = traffic.SentBytes },
                });
            }

            long? broken;
            lock (_gate)
            {
                broken = life.BrokenAt;
            }

            TimeSpan unanswered = _time.GetElapsedTime(life.RenewedAt);
            if (unanswered >= _options.LeaseTime)
            {
                End(life, $"the seed has not answered for {unanswered.TotalSeconds:0.0} s");
            }
            else if (broken is { } since && _time.GetElapsedTime(since) >= _options.ReconnectGrace * 0.75)
            {
                End(life, "the connection to the seed broke and could not be made again in time");
            }
        }
    }

    private void End(Life? life, string reason)
    {
        lock (_gate)
        {
            if (life is null || _life != life)
            {
                return;
            }

            _life = null;
            _ending = _node.AbandonAllAsync(reason);
        }

        _logger.LogWarning(
            "Node {Node} with incarnation {Incarnation} is no longer in the cluster: {Reason}.", _self.NodeId, life.Incarnation, reason);
        _node.Leaving?.TrySetResult();
        life.Session.Abort();
    }

    private Hello Hello(Life? life)
    {
        Hello hello = new()
        {
            Protocol = Handshake.ProtocolVersion,
            NodeId = _self.NodeId,
            Role = _self.Role,
            Address = _self.Address.ToString(),
            Threads = _self.Threads,
            Version = _self.Version,
            Epoch = life?.Epoch ?? 0,
            Incarnation = life?.Incarnation ?? 0,
            Received = life?.Session.Received ?? 0,
        };
        hello.Kinds.AddRange(_node.Shapes);
        return hello;
    }

    private Uri ControlAddress()
    {
        UriBuilder builder = new(new Uri(_options.SeedAddress!, SeedEndpoint.Path));
        builder.Scheme = _options.Tls is null ? Uri.UriSchemeWs : Uri.UriSchemeWss;
        return builder.Uri;
    }

    private ClientWebSocket NewSocket()
    {
        ClientWebSocket socket = new();
        if (_certificates is { } certificates)
        {
            socket.Options.ClientCertificates.Add(certificates.Own);
            socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificates.IsTrusted(certificate, errors);
        }

        return socket;
    }

    private async Task PauseAsync(TimeSpan pause) =>
        await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>One incarnation of this node.</summary>
    private sealed class Life(long epoch, long incarnation, long began)
    {
        private readonly Lock _gate = new();
        private readonly Queue<(long Number, long SentAt)> _beats = new();
        private long _lastBeat;
        private long _renewedAt = began;

        public long Epoch => epoch;

        public long Incarnation => incarnation;

        public ControlSession Session { get; } = new();

        /// <summary>Since when its connection is broken; null while there is one.</summary>
        public long? BrokenAt { get; set; }

        /// <summary>When the newest heartbeat that the seed answered was sent: until then it surely knew this node alive.</summary>
        public long RenewedAt
        {
            get
            {
                lock (_gate)
                {
                    return _renewedAt;
                }
            }
        }

        public long Beat(long now)
        {
            lock (_gate)
            {
                _beats.Enqueue((++_lastBeat, now));
                return _lastBeat;
            }
        }

        public void Renew(long number)
        {
            lock (_gate)
            {
                while (_beats.TryPeek(out (long Number, long SentAt) beat) && beat.Number <= number)
                {
                    _renewedAt = beat.SentAt;
                    _beats.Dequeue();
                }
            }
        }
    }
}
