using DistRec.Actors.Cluster.Standalone.Protocol;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>The seed's latest word on who is in the cluster and who hosts what.</summary>
internal sealed class ClusterDirectory(Func<ActorAddress, bool> isKnown) : IClusterView
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ActorAddress, HostEntry> _hosts = [];
    private readonly SortedDictionary<long, NodeInfo> _nodes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version;

    public long TableVersion
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }
    }

    public IReadOnlyList<NodeInfo> Nodes
    {
        get
        {
            lock (_gate)
            {
                return [.. _nodes.Values];
            }
        }
    }

    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    public NodeInfo? HostOf(ActorAddress address)
    {
        lock (_gate)
        {
            return _hosts.TryGetValue(address, out HostEntry? entry) ? entry.Node : null;
        }
    }

    /// <exception cref="UnknownActorException">No such actor was ever registered.</exception>
    public async ValueTask<ActorHost> FindAsync(ActorAddress address, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_hosts.TryGetValue(address, out HostEntry? entry))
                {
                    return new ActorHost(entry.Node.Address, entry.Moved.Token);
                }

                changed = _changed.Task;
            }

            if (!isKnown(address))
            {
                throw new UnknownActorException(address, "no such kind or shard is registered on this node");
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Apply(View view)
    {
        List<HostEntry> ended = [];
        TaskCompletionSource changed;
        lock (_gate)
        {
            _version = view.Version;
            _nodes.Clear();
            foreach (Protocol.Member member in view.Members)
            {
                _nodes[member.Incarnation] = new NodeInfo(
                    member.NodeId, member.Incarnation, member.Role, new Uri(member.Address), member.Threads, member.Version);
            }

            HashSet<ActorAddress> hosted = [];
            foreach (KindHosts kind in view.Kinds)
            {
                for (int shard = 0; shard < kind.Hosts.Count; shard++)
                {
                    ActorAddress address = new(kind.Name, shard);
                    if (_nodes.TryGetValue(kind.Hosts[shard], out NodeInfo? node))
                    {
                        hosted.Add(address);
                        Place(address, node, ended);
                    }
                }
            }

            RemoveAllBut(hosted, ended);
            changed = Renew();
        }

        Announce(ended, changed);
    }

    /// <summary>This node is no longer in the cluster, so that what it knew is not to be trusted.</summary>
    public void Clear()
    {
        List<HostEntry> ended = [];
        TaskCompletionSource changed;
        lock (_gate)
        {
            _nodes.Clear();
            RemoveAllBut([], ended);
            changed = Renew();
        }

        Announce(ended, changed);
    }

    private static void Announce(List<HostEntry> ended, TaskCompletionSource changed)
    {
        changed.TrySetResult();
        foreach (HostEntry entry in ended)
        {
            _ = entry.Moved.CancelAsync();
        }
    }

    private void Place(ActorAddress address, NodeInfo node, List<HostEntry> ended)
    {
        if (_hosts.TryGetValue(address, out HostEntry? entry))
        {
            if (entry.Node.Incarnation == node.Incarnation)
            {
                return;
            }

            ended.Add(entry);
        }

        _hosts[address] = new HostEntry(node, new CancellationTokenSource());
    }

    private void RemoveAllBut(HashSet<ActorAddress> hosted, List<HostEntry> ended)
    {
        foreach (ActorAddress address in _hosts.Keys.Where(address => !hosted.Contains(address)).ToArray())
        {
            ended.Add(_hosts[address]);
            _hosts.Remove(address);
        }
    }

    private TaskCompletionSource Renew()
    {
        TaskCompletionSource changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return changed;
    }

    private sealed record HostEntry(NodeInfo Node, CancellationTokenSource Moved);
}
