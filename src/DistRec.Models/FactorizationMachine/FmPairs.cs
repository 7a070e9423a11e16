using DistRec.Numerics.Random;

namespace DistRec.Models.FactorizationMachine;

/// <summary>What each observed row is held against when a ranking is learned: the same row with another entity of one block.</summary>
/// <param name="Block">The block whose entities are ranked.</param>
/// <param name="Negatives">The other entity of each row, as a row of that block; −1 passes the row by. [rows]</param>
public sealed record FmPairs(int Block, int[] Negatives)
{
    private const int Tries = 64;

    /// <summary>
    /// Draws for every row an entity that is not observed in the row's run, uniformly, keyed by the global row and the epoch: whoever
    /// holds the row draws the same. −1 where 64 draws found none.
    /// </summary>
    /// <param name="block">The block whose entities are ranked.</param>
    /// <param name="observed">Its entity in each row, ascending within a run, [rows].</param>
    /// <param name="entities">How many entities there are to draw from, in all the data.</param>
    /// <param name="runs">Where runs begin, ascending, the first at 0; the number of rows last.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="epoch">Counts epochs, so that each draws anew.</param>
    /// <param name="firstRow">Global index of the first row.</param>
    public static FmPairs Draw(int block, int[] observed, int entities, int[] runs, ulong seed, long epoch, long firstRow = 0)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Length == 0 || runs[0] != 0 || runs[^1] != observed.Length)
        {
            throw new ArgumentException($"expected runs from 0 to {observed.Length}, found {(runs.Length == 0 ? "none" : $"{runs[0]} to {runs[^1]}")}", nameof(runs));
        }

        int[] negatives = new int[observed.Length];
        for (int run = 0; run + 1 < runs.Length; run++)
        {
            ReadOnlySpan<int> together = observed.AsSpan(runs[run]..runs[run + 1]);
            for (int row = runs[run]; row < runs[run + 1]; row++)
            {
                negatives[row] = DrawOutside(together, entities, new EntityRandom(seed, RandomPurpose.Negative, firstRow + row, epoch));
            }
        }

        return new FmPairs(block, negatives);
    }

    private static int DrawOutside(ReadOnlySpan<int> observed, int entities, EntityRandom random)
    {
        for (int tried = 0; tried < Tries; tried++)
        {
            int entity = random.NextInt(entities);
            if (observed.BinarySearch(entity) < 0)
            {
                return entity;
            }
        }

        return -1;
    }
}
