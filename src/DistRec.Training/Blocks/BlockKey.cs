namespace DistRec.Training.Blocks;

/// <summary>Names one block of floats on its way from one partition to another.</summary>
/// <param name="Job">The job it belongs to.</param>
/// <param name="Round">The job's round; blocks are dropped by rounds.</param>
/// <param name="Name">What it holds, such as "user-factors".</param>
/// <param name="From">The partition that publishes it.</param>
/// <param name="To">The partition it is meant for.</param>
/// <param name="Step">Which of the blocks of that name in the round, such as the clock.</param>
public readonly record struct BlockKey(string Job, long Round, string Name, int From, int To, int Step = 0)
{
    public override string ToString() => Step == 0 ? $"{Job}/{Round}/{Name}/{From}-{To}" : $"{Job}/{Round}/{Name}/{From}-{To}/{Step}";
}
