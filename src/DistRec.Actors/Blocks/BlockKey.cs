namespace DistRec.Actors;

/// <summary>Names one block of floats on its way from one shard to another.</summary>
/// <param name="Job">The job it belongs to.</param>
/// <param name="Round">The job's round; blocks are dropped by rounds.</param>
/// <param name="Name">What it holds, such as "user-factors".</param>
/// <param name="From">The shard that publishes it.</param>
/// <param name="To">The shard it is meant for.</param>
public readonly record struct BlockKey(string Job, long Round, string Name, int From, int To)
{
    public override string ToString() => $"{Job}/{Round}/{Name}/{From}-{To}";
}
