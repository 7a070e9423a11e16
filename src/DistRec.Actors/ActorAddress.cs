namespace DistRec.Actors;

/// <summary>Names one shard of a kind of actor; the engine knows the node it lives on.</summary>
/// <param name="Kind">The name of a registered <see cref="ActorKind"/>.</param>
/// <param name="Shard">From 0 up to, not including, the kind's shard count.</param>
public readonly record struct ActorAddress(string Kind, int Shard)
{
    public override string ToString() => $"{Kind}/{Shard}";
}
