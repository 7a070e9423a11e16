using DistRec.Numerics.Random;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>What a worker of a descending model owns of its users: the newest tables, and the best ones.</summary>
/// <param name="users">Users of the partition.</param>
/// <param name="width">Factors of each; 0 for biases alone.</param>
public sealed class UserTables(int users, int width)
{
    private readonly int _width = width;

    /// <summary>The newest tables.</summary>
    public FactorBlock Current { get; } = FactorBlock.Zeros(users, width);

    /// <summary>The best tables so far; null where none were best.</summary>
    public FactorBlock? Best { get; private set; }

    /// <summary>Draws the first factors.</summary>
    /// <param name="firstUser">Global index of the first user.</param>
    /// <param name="scale">Standard deviation times √k.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="rank">k: how many factors of a row are drawn, where not all of the table's; the others begin at 0.</param>
    public void Initialize(int firstUser, float scale, ulong seed, int? rank = null)
    {
        Current.Factors.Values.Clear();
        InitialFactors.Draw(Current.Factors, firstUser, scale, seed, RandomPurpose.UserFactors, rank);
        Array.Clear(Current.Biases);
        Best = null;
    }

    /// <summary>Takes tables from a checkpoint.</summary>
    public void Resume(FactorBlock current, FactorBlock? best)
    {
        ArgumentNullException.ThrowIfNull(current);
        Current.CopyFrom(current);
        Best = best?.Copy();
    }

    /// <summary>Remembers the current tables as the best.</summary>
    public void SaveBest()
    {
        Best ??= FactorBlock.Zeros(Current.Biases.Length, _width);
        Best.CopyFrom(Current);
    }

    /// <summary>Goes back to the remembered tables.</summary>
    public void Restore() => Current.CopyFrom(Best ?? throw new InvalidOperationException("no tables were best to go back to"));
}
