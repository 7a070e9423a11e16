using System.Runtime.CompilerServices;

namespace DistRec.Models.FactorizationMachine;

/// <summary>Gathers the features of one row after the other from the row's blocks; reused, so that rows allocate nothing.</summary>
internal sealed class FmGather
{
    private readonly Block[] _blocks;

    /// <param name="rows">The rows.</param>
    /// <param name="from">First row that will be gathered.</param>
    /// <param name="to">The row after the last.</param>
    /// <param name="rankedBlock">The block of which rows may be replaced by any other; −1 for none.</param>
    public FmGather(FeatureRows rows, int from, int to, int rankedBlock = -1)
    {
        _blocks = [.. rows.Blocks.Select((block, index) => new Block(rows.BlockRows[index], block.Rows))];
        for (int index = 0; index < _blocks.Length; index++)
        {
            Capacity += index == rankedBlock ? 2 * MaxLengthOf(_blocks[index]) : MaxLengthOf(_blocks[index], from, to);
        }

        Features = new int[Math.Max(1, Capacity)];
        Values = new float[Features.Length];
        Others = rankedBlock < 0 ? [] : new float[Features.Length];
    }

    /// <summary>The most features of a row, or of a pair of rows.</summary>
    public int Capacity { get; }

    /// <summary>Indices of a row's features.</summary>
    public int[] Features { get; }

    /// <summary>x of these features.</summary>
    public float[] Values { get; }

    /// <summary>x of these features in the other row of a pair.</summary>
    public float[] Others { get; }

    /// <summary>Gathers a row.</summary>
    /// <returns>Number of features.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Gather(int row)
    {
        int[] features = Features;
        float[] values = Values;
        int count = 0;
        foreach (ref readonly Block block in _blocks.AsSpan())
        {
            (int start, int end) = block.Bounds(block.Entities[row]);
            for (; start < end; start++)
            {
                features[count] = block.Columns[start];
                values[count++] = block.Values[start];
            }
        }

        return count;
    }

    /// <summary>Gathers the features of a row over two blocks where each block gives one.</summary>
    /// <param name="row">The row.</param>
    /// <param name="features">Receives them, [2].</param>
    /// <param name="values">Receives x of them, [2].</param>
    /// <returns>Whether it is so.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe bool TryTwo(int row, int* features, float* values)
    {
        ref readonly Block first = ref _blocks[0];
        ref readonly Block second = ref _blocks[1];
        (int start, int end) = first.Bounds(first.Entities[row]);
        (int secondStart, int secondEnd) = second.Bounds(second.Entities[row]);
        if (end - start != 1 || secondEnd - secondStart != 1)
        {
            return false;
        }

        features[0] = first.Columns[start];
        features[1] = second.Columns[secondStart];
        values[0] = first.Values[start];
        values[1] = second.Values[secondStart];
        return true;
    }

    /// <summary>Gathers the features of a row and of the same row with another entity in one block: each feature once.</summary>
    /// <returns>Number of features.</returns>
    public int GatherPair(int row, int rankedBlock, int other)
    {
        int count = 0;
        for (int index = 0; index < _blocks.Length; index++)
        {
            ref readonly Block block = ref _blocks[index];
            (int start, int end) = block.Bounds(block.Entities[row]);
            (int otherStart, int otherEnd) = block.Bounds(index == rankedBlock ? other : block.Entities[row]);
            while (start < end || otherStart < otherEnd)
            {
                int mine = start < end ? block.Columns[start] : int.MaxValue;
                int its = otherStart < otherEnd ? block.Columns[otherStart] : int.MaxValue;
                Features[count] = Math.Min(mine, its);
                Values[count] = mine <= its ? block.Values[start++] : 0;
                Others[count++] = its <= mine ? block.Values[otherStart++] : 0;
            }
        }

        return count;
    }

    private static int MaxLengthOf(in Block block)
    {
        int longest = 0;
        for (int entity = 0; entity + 1 < block.Starts.Length; entity++)
        {
            longest = Math.Max(longest, block.LengthOf(entity));
        }

        return longest;
    }

    // Whichever is less work: over the block, or over the rows.
    private static int MaxLengthOf(in Block block, int from, int to)
    {
        if (block.Starts.Length <= to - from)
        {
            return MaxLengthOf(block);
        }

        int longest = 0;
        for (int row = from; row < to; row++)
        {
            longest = Math.Max(longest, block.LengthOf(block.Entities[row]));
        }

        return longest;
    }

    private readonly struct Block(int[] entities, RatingMatrix rows)
    {
        public readonly int[] Entities = entities;
        public readonly long[] Starts = rows.RowStarts;
        public readonly int[] Columns = rows.Columns;
        public readonly float[] Values = rows.Values;

        public int LengthOf(int entity) => (int)(Starts[entity + 1] - Starts[entity]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public (int Start, int End) Bounds(int entity) => ((int)Starts[entity], (int)Starts[entity + 1]);
    }
}
