using DistRec.Actors;

namespace DistRec.Simulation.Hosting;

/// <summary>Which node every shard lives on: drawn among the live nodes that registered its kind and play its role.</summary>
internal sealed class Placement(SimulatedCluster cluster, SimulationRandom random)
{
    private readonly SortedDictionary<string, Route[]> _routes = new(StringComparer.Ordinal);

    internal IEnumerable<Route> Routes => _routes.Values.SelectMany(routes => routes);

    /// <exception cref="UnknownActorException">No such kind or shard.</exception>
    internal Route Find(ActorAddress address)
    {
        if (address.Kind is null || !_routes.TryGetValue(address.Kind, out Route[]? routes))
        {
            throw new UnknownActorException(address, $"no kind \"{address.Kind}\" is registered");
        }

        return (uint)address.Shard < (uint)routes.Length
            ? routes[address.Shard]
            : throw new UnknownActorException(address, $"\"{address.Kind}\" has the shards 0 to {routes.Length - 1}");
    }

    /// <summary>A node registered a kind; the first to do so makes it known to the cluster.</summary>
    internal void Announce(ActorKind kind)
    {
        if (!_routes.TryGetValue(kind.Name, out Route[]? routes))
        {
            _routes[kind.Name] = routes = [.. Enumerable.Range(0, kind.ShardCount).Select(shard => new Route(new(kind.Name, shard)))];
            foreach (Route route in routes)
            {
                PlaceSoon(route);
            }
        }
        else if (routes.Length != kind.ShardCount)
        {
            throw new ArgumentException(
                $"The actor kind \"{kind.Name}\" has {routes.Length} shards on another node and {kind.ShardCount} here; register it alike everywhere.");
        }

        PlaceHomeless();
    }

    /// <summary>A node came: what could live nowhere may live there.</summary>
    internal void PlaceHomeless()
    {
        foreach (Route route in Routes.Where(route => route.IsHomeless).ToArray())
        {
            route.IsHomeless = false;
            PlaceSoon(route);
        }
    }

    /// <summary>A node is lost or left: its actors start elsewhere.</summary>
    internal void Move(NodeLife life)
    {
        foreach (Route route in Routes.Where(route => route.Actor?.Life == life).ToArray())
        {
            route.Actor = null;
            PlaceSoon(route);
        }
    }

    private void PlaceSoon(Route route) =>
        cluster.Scheduler.After(random.Ticks(cluster.Options.PlacementTime), null, () => Place(route));

    private void Place(Route route)
    {
        NodeLife[] candidates = [.. cluster.Nodes
            .Where(node => node.Kinds.TryGetValue(route.Address.Kind, out ActorKind? kind) && node.Plays(kind.Role))
            .Select(node => node.Life)
            .Where(life => life.TakesActors && cluster.Membership.IsReachable(life))];
        if (candidates.Length == 0)
        {
            cluster.Note("homeless", -1, -1, route.Address);
            route.IsHomeless = true;
            return;
        }

        NodeLife home = candidates[random.Next(candidates.Length)];
        if (cluster.ActivationsOf(route.Address) > 0)
        {
            throw new InvalidOperationException($"{route.Address} would have two live activations; the simulation is wrong");
        }

        StartReason reason = route.Placements++ == 0 ? StartReason.First : StartReason.Relocation;
        cluster.Note("place", home.Node.Number, -1, route.Address, reason.ToString());
        SimulatedActor actor = new(home, home.Node.Kinds[route.Address.Kind], route.Address, reason);
        home.Actors[route.Address] = actor;
        route.Actor = actor;
        actor.ComeToTurn();
        route.SendHeld(actor);
    }
}
