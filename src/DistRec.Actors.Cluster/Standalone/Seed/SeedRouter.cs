using DistRec.Actors.Cluster.Blocks;
using DistRec.Actors.Cluster.Standalone.Protocol;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>What a node's wish to take part came to.</summary>
/// <param name="Session">The node's session; null when it is refused.</param>
/// <param name="Verdict">What the node is told.</param>
internal sealed record Admission(ControlSession? Session, Verdict Verdict);

/// <summary>
/// The cluster's one authority, in the seed's process: who is in, who hosts what, and which way messages go. It only
/// carries out what <see cref="Membership"/>, <see cref="ShardTable"/> and <see cref="MessageRouter"/> decide.
/// </summary>
internal sealed class SeedRouter
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _began;
    private readonly Membership _members;
    private readonly ShardTable _table;
    private readonly MessageRouter _messages;
    private readonly KindRegistry _kinds = new();
    private readonly Dictionary<long, IFrameSink> _sinks = [];
    private readonly HashSet<long> _leaving = [];
    private readonly long _epoch;
    private ActorFailed? _failure;
    private long _own;
    private bool _isStopping;

    public SeedRouter(StandaloneOptions options, ILogger logger)
    {
        _time = options.NodeTime;
        _logger = logger;
        _began = _time.GetTimestamp();
        _epoch = _time.GetUtcNow().UtcTicks;
        _members = new Membership(options.DetectionTime, options.ReconnectGrace);
        _table = new ShardTable(options.RebalanceOnJoin);
        _messages = new MessageRouter(_table, SendTo);
    }

    private TimeSpan Now => _time.GetElapsedTime(_began);

    /// <summary>What a node has carried, as it last said; null where it is not in the cluster.</summary>
    public NodeTraffic? TrafficOf(long incarnation)
    {
        lock (_gate)
        {
            return _members.Find(incarnation)?.Traffic;
        }
    }

    /// <summary>Takes in the node of the seed's own process.</summary>
    /// <returns>Its incarnation.</returns>
    public long JoinOwn(NodeDescription node, IFrameSink sink)
    {
        lock (_gate)
        {
            _own = _members.Join(node, Now).Member!.Incarnation;
            _sinks.Add(_own, sink);
            Execute(_table.NodeJoined(_own, node.Role, []));
            return _own;
        }
    }

    /// <summary>Lets a node in, or back in, or says why not. Its secret has been proved already.</summary>
    public Admission Admit(Hello hello, NodeDescription node)
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return Refuse(Refusal.Types.Reason.Stopping, "the seed is stopping");
            }

            if (hello.Incarnation != 0)
            {
                return Resume(hello, node);
            }

            if (_kinds.Conflict(hello.Kinds, isComplete: true) is { } conflict)
            {
                return Refuse(Refusal.Types.Reason.Kinds, conflict);
            }

            JoinResult result = _members.Join(node, Now);
            if (result.Replaced is { } replaced)
            {
                Remove(replaced);
            }

            if (result.Member is not { } member)
            {
                return Refuse(Refusal.Types.Reason.Duplicate, result.Refusal!);
            }

            _logger.LogInformation("Node {Node} joined from {Address} as incarnation {Incarnation}.", node.NodeId, node.Address, member.Incarnation);
            ControlSession session = new();
            _sinks.Add(member.Incarnation, session);
            _kinds.Add(hello.Kinds);
            Execute(_table.NodeJoined(member.Incarnation, node.Role, hello.Kinds.Select(ToKind)));
            return new Admission(session, Welcome(member.Incarnation, 0));
        }
    }

    /// <summary>Handles a frame of a node; what a removed one sends is refused.</summary>
    public void Receive(long from, Frame frame)
    {
        lock (_gate)
        {
            if (!_members.Heard(from, Now))
            {
                return;
            }

            switch (frame.ContentCase)
            {
                case Frame.ContentOneofCase.Heartbeat:
                    _members.Carried(from, new NodeTraffic(frame.Heartbeat.ReceivedBytes, frame.Heartbeat.SentBytes));
                    (_sinks[from] as ControlSession)?.SendTransient(new Frame { Heartbeat = frame.Heartbeat });
                    break;
                case Frame.ContentOneofCase.Deliver:
                    _messages.Route(frame.Deliver, Now);
                    break;
                case Frame.ContentOneofCase.Withdraw:
                    _messages.Route(frame.Withdraw, Now);
                    break;
                case Frame.ContentOneofCase.Answer:
                    _messages.Answered(frame.Answer, from);
                    break;
                case Frame.ContentOneofCase.Bounce:
                    OnBounce(from, frame.Bounce);
                    break;
                case Frame.ContentOneofCase.ShardReleased:
                    Execute(_table.Released(frame.ShardReleased.Address.ToAddress(), from));
                    FinishLeaving();
                    break;
                case Frame.ContentOneofCase.RegisterKinds:
                    OnRegister(from, frame.RegisterKinds);
                    break;
                case Frame.ContentOneofCase.ActorFailed:
                    OnActorFailed(frame.ActorFailed);
                    break;
                case Frame.ContentOneofCase.Leave:
                    _logger.LogInformation("Node with incarnation {Incarnation} is leaving.", from);
                    _leaving.Add(from);
                    Execute(_table.NodeLeaving(from));
                    FinishLeaving();
                    break;
                case Frame.ContentOneofCase.Stopped:
                    Remove(_members.Remove(from, "it stopped"));
                    break;
            }
        }
    }

    /// <summary>A node's connection ended; it may come back within the grace.</summary>
    public void Disconnected(long incarnation, ControlSession session, string reason)
    {
        lock (_gate)
        {
            if (_sinks.TryGetValue(incarnation, out IFrameSink? sink) && sink == session)
            {
                _logger.LogWarning("The connection to incarnation {Incarnation} ended: {Reason}.", incarnation, reason);
                _members.Disconnected(incarnation, Now);
            }
        }
    }

    /// <summary>Removes nodes that are silent and fails messages that waited too long; called every so often.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            _members.Heard(_own, Now);
            foreach (Removal removal in _members.Expire(Now))
            {
                Remove(removal);
            }

            _messages.Expire(Now);
        }
    }

    /// <summary>Puts a node out of the cluster.</summary>
    public void Remove(long incarnation, string reason)
    {
        lock (_gate)
        {
            Remove(_members.Remove(incarnation, reason));
        }
    }

    /// <summary>Spreads the actors evenly over the nodes there are.</summary>
    public void Rebalance()
    {
        lock (_gate)
        {
            Execute(_table.Rebalance());
        }
    }

    /// <summary>Places and moves nothing any more, and lets nobody in.</summary>
    public void BeginStop()
    {
        lock (_gate)
        {
            _isStopping = true;
        }
    }

    /// <summary>Closes all sessions.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            foreach (IFrameSink sink in _sinks.Values)
            {
                (sink as ControlSession)?.Complete();
            }
        }
    }

    private static Admission Refuse(Refusal.Types.Reason reason, string text) =>
        new(null, new Verdict { Refusal = new Refusal { Reason = reason, Text = text } });

    private static ShardedKind ToKind(KindShape shape) => new(shape.Name, shape.ShardCount, shape.Role);

    private Verdict Welcome(long incarnation, long received) =>
        new() { Welcome = new Welcome { Epoch = _epoch, Incarnation = incarnation, Received = received } };

    private Admission Resume(Hello hello, NodeDescription node)
    {
        if (hello.Epoch != _epoch || !_members.Resume(node.NodeId, hello.Incarnation, Now))
        {
            return Refuse(
                Refusal.Types.Reason.Removed,
                $"incarnation {hello.Incarnation} of node \"{node.NodeId}\" is no longer in the cluster; it ends its actors and joins again");
        }

        ControlSession session = (ControlSession)_sinks[hello.Incarnation];
        _logger.LogInformation("Node {Node} is back as incarnation {Incarnation}.", node.NodeId, hello.Incarnation);
        return new Admission(session, Welcome(hello.Incarnation, session.Received));
    }

    private void OnBounce(long from, Bounce bounce)
    {
        ActorAddress to = (bounce.Deliver?.To ?? bounce.Withdraw.To).ToAddress();
        _messages.Bounced(bounce, _table.IsLeaving(to, from), Now);
    }

    private void OnRegister(long from, RegisterKinds register)
    {
        if (_kinds.Conflict(register.Kinds, isComplete: false) is { } conflict)
        {
            Remove(_members.Remove(from, conflict));
            return;
        }

        _kinds.Add(register.Kinds);
        Execute(_table.Registered(from, register.Kinds.Select(ToKind)));
    }

    private void OnActorFailed(ActorFailed failure)
    {
        _failure ??= failure;
        foreach (long node in _sinks.Keys)
        {
            SendTo(node, new Frame { ActorFailed = failure });
        }
    }

    private void FinishLeaving()
    {
        foreach (long node in _leaving.Where(node => !_table.HostsAny(node)).ToArray())
        {
            _leaving.Remove(node);
            SendTo(node, new Frame { LeaveDone = new LeaveDone() });
            Remove(_members.Remove(node, "it left"));
        }
    }

    private void Remove(Removal? removal)
    {
        if (removal is not { Member: { Incarnation: var node } member, Reason: var reason })
        {
            return;
        }

        _logger.LogWarning("Node {Node} with incarnation {Incarnation} was removed: {Reason}.", member.Node.NodeId, node, reason);
        _leaving.Remove(node);
        if (_sinks.Remove(node, out IFrameSink? sink))
        {
            sink.Send(new Frame { Removed = new Removed { Reason = reason } });
            (sink as ControlSession)?.Complete();
        }

        _messages.NodeRemoved(node, $"its node \"{member.Node.NodeId}\" was removed: {reason}");
        Execute(_table.NodeRemoved(node));
    }

    private void Execute(IReadOnlyList<ShardCommand> commands)
    {
        if (_isStopping)
        {
            return;
        }

        foreach (ShardCommand command in commands)
        {
            Address address = command.Address.ToWire();
            if (command is StartActor start)
            {
                SendTo(start.Node, new Frame { StartShard = new StartShard { Address = address, IsRelocation = start.Reason == StartReason.Relocation } });
                _messages.Release(command.Address, Now);
                SendTo(start.Node, new Frame { SettleShard = new SettleShard { Address = address } });
            }
            else
            {
                SendTo(command.Node, new Frame { ReleaseShard = new ReleaseShard { Address = address } });
            }
        }

        foreach (long node in _sinks.Keys)
        {
            SendTo(node, new Frame { View = View() });
        }
    }

    private View View()
    {
        View view = new() { Version = _table.Version, Failure = _failure };
        view.Members.AddRange(_members.Members.Select(member => new Protocol.Member
        {
            NodeId = member.Node.NodeId,
            Incarnation = member.Incarnation,
            Role = member.Node.Role,
            Address = member.Node.Address.ToString(),
            Threads = member.Node.Threads,
            Version = member.Node.Version,
        }));
        foreach (string kind in _table.Kinds)
        {
            KindHosts hosts = new() { Name = kind };
            hosts.Hosts.AddRange(_table.HostsOf(kind));
            view.Kinds.Add(hosts);
        }

        return view;
    }

    private void SendTo(long node, Frame frame)
    {
        if (_sinks.TryGetValue(node, out IFrameSink? sink))
        {
            sink.Send(frame);
        }
    }
}
