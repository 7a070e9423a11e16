using DistRec.Actors;
using DistRec.Simulation.Blocks;
using DistRec.Simulation.Schedule;
using Google.Protobuf;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// One life of a node, from its start to its crash, its loss or its stop: the actors, asks, timers and blocks that end with
/// it. A node that comes back has a new one.
/// </summary>
internal sealed class NodeLife
{
    private readonly List<PendingAsk> _asks = [];

    internal NodeLife(SimulatedCluster cluster, SimulatedNode node, int number)
    {
        Cluster = cluster;
        Node = node;
        Number = number;
        Clock = new NodeClock(cluster.Scheduler, this);
        Blocks = new SimulatedBlockExchange(this);
        Compute = new SimulatedComputePool(this);
    }

    internal SimulatedCluster Cluster { get; }

    internal SimulatedNode Node { get; }

    /// <summary>Counts a node's lives from 1.</summary>
    internal int Number { get; }

    /// <summary>False after a crash: nothing in it happens any more.</summary>
    internal bool IsRunning { get; private set; } = true;

    /// <summary>Whether the cluster counts it as lost or left: what it sends is dropped.</summary>
    internal bool IsRemoved { get; set; }

    /// <summary>Whether its actors were stopped while the process goes on.</summary>
    internal bool HasStopped { get; private set; }

    /// <summary>Whether stopping actors are told so: they are when the node stops in good order.</summary>
    internal bool TellsActors { get; private set; }

    /// <summary>Ticks of virtual time until which nothing in it happens.</summary>
    internal long PausedUntil { get; set; }

    /// <summary>What it sent is lost if it has not arrived by then.</summary>
    internal long LostAfter { get; private set; } = long.MaxValue;

    internal NodeClock Clock { get; }

    internal SimulatedBlockExchange Blocks { get; }

    internal SimulatedComputePool Compute { get; }

    internal SortedDictionary<ActorAddress, SimulatedActor> Actors { get; } = new(AddressOrder.Instance);

    internal IReadOnlyList<PendingAsk> Asks => _asks;

    /// <summary>Whether actors can be placed on it.</summary>
    internal bool TakesActors => IsRunning && !HasStopped && !IsRemoved;

    internal ValueTask SendAsync(SimulatedActor? sender, ActorAddress to, IMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        RequireRunning();
        Wire.CheckSize(message, Cluster.Options.MessageSizeLimit);
        Route route = Cluster.Placement.Find(to);
        Letter letter = new(message, sender?.Address);
        if (sender?.Address == to)
        {
            sender.PostOwn(letter);
            return ValueTask.CompletedTask;
        }

        if (Enter(route, letter, Cluster.Options.SendTimeout, cancellationToken) is { } waiter)
        {
            return new ValueTask(waiter.Task);
        }

        return sender is null ? ValueTask.CompletedTask : Cluster.Network.PerhapsSlow(this);
    }

    internal async Task<TReply> AskAsync<TReply>(
        SimulatedActor? sender, ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken)
        where TReply : class, IMessage
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        RequireRunning();
        Wire.CheckSize(request, Cluster.Options.MessageSizeLimit);
        Route route = Cluster.Placement.Find(to);
        using PendingAsk ask = new(this, to, request, timeout, cancellationToken);
        Letter letter = new(request, sender?.Address, new ReturnPath(this, ask));
        SendWaiter? waiter = null;
        _asks.Add(ask);
        try
        {
            if (sender?.Address == to)
            {
                sender.PostOwn(letter);
            }
            else
            {
                waiter = Enter(route, letter, null, cancellationToken);
            }

            IMessage reply = await ask.Task.ConfigureAwait(false);
            return reply as TReply
                ?? throw new UnexpectedReplyException(to, typeof(TReply).Name, reply.Descriptor.FullName);
        }
        finally
        {
            _asks.Remove(ask);
            waiter?.Withdraw();
        }
    }

    /// <summary>Sends a letter on its way to an activation.</summary>
    internal void Dispatch(SimulatedActor to, Letter letter)
    {
        to.Occupied++;
        if (to.Life == this)
        {
            to.Post(letter);
            return;
        }

        Letter carried = letter.OverTheWire();
        Cluster.Network.Carry(new Network.Parcel(this, to.Life, "message", () => to.Post(carried))
        {
            About = to.Address,
            Detail = letter.Message!.Descriptor.FullName,
            Number = Wire.Hash(letter.Message),
            Lost = to.FreePlace,
            Sender = letter.Sender,
            IsOrdered = true,
            Again = () =>
            {
                to.Occupied++;
                to.Post(carried);
            },
        });
    }

    /// <summary>Something happens here next, at a moment of its own.</summary>
    internal void Soon(string what, Action action)
    {
        Cluster.RequireThread(what);
        Cluster.Scheduler.After(0, this, action);
    }

    /// <exception cref="NodeCrashedException">The node crashed.</exception>
    /// <exception cref="ActorSystemStoppedException">The node's actors were stopped.</exception>
    internal void RequireRunning()
    {
        if (!IsRunning)
        {
            throw new NodeCrashedException(Node.Number);
        }

        if (HasStopped)
        {
            throw new ActorSystemStoppedException();
        }
    }

    internal void ReportFailure(ActorFailure failure)
    {
        Cluster.Note("failed for good", Node.Number, -1, failure.Address, failure.Cause.Message);
        Soon("an actor's failure", () => Node.Report(this, failure));
    }

    /// <summary>Everything in it ends at once, without a word.</summary>
    internal void Crash(long lostAfter)
    {
        IsRunning = false;
        LostAfter = lostAfter;
        foreach (SimulatedActor actor in Actors.Values)
        {
            actor.Vanish();
        }
    }

    /// <summary>Its actors, asks and pulls end by name; what they do later is in vain.</summary>
    /// <param name="inGoodOrder">Whether the actors are told.</param>
    /// <returns>Completes when all its actors have ended.</returns>
    internal Task StopAsync(bool inGoodOrder)
    {
        HasStopped = true;
        TellsActors = inGoodOrder;
        foreach (PendingAsk ask in _asks.ToArray())
        {
            Soon("an ask at its node's stop", () => ask.TrySetException(new ActorSystemStoppedException()));
        }

        Blocks.Stop();
        foreach (SimulatedActor actor in Actors.Values)
        {
            actor.Close(inGoodOrder);
        }

        return Task.WhenAll(Actors.Values.Select(actor => actor.Ended));
    }

    /// <summary>Sends a letter to wherever its receiver is.</summary>
    /// <returns>The wait for room in the mailbox; null where there is some.</returns>
    private SendWaiter? Enter(Route route, Letter letter, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        // A node that does not know of its loss still finds its own actors, and nobody else listens to it.
        if (!Actors.TryGetValue(route.Address, out SimulatedActor? to))
        {
            if (IsRemoved)
            {
                Cluster.Note("fenced", Node.Number, -1, route.Address, letter.Message!.Descriptor.FullName);
                return null;
            }

            to = route.Actor;
        }

        if (to is null)
        {
            route.Hold(this, letter);
            return null;
        }

        if (to.FinalCause is { } cause)
        {
            throw new ActorFailedException(route.Address, cause, isFinal: true);
        }

        if (to.HasRoom || !to.Life.IsRunning || to.Life.HasStopped)
        {
            Dispatch(to, letter);
            return null;
        }

        SendWaiter waiter = new(this, to, letter, timeout, cancellationToken);
        to.Wait(waiter);
        return waiter;
    }

    private sealed class AddressOrder : IComparer<ActorAddress>
    {
        internal static AddressOrder Instance { get; } = new();

        public int Compare(ActorAddress x, ActorAddress y)
        {
            int kinds = string.CompareOrdinal(x.Kind, y.Kind);
            return kinds != 0 ? kinds : x.Shard.CompareTo(y.Shard);
        }
    }
}
