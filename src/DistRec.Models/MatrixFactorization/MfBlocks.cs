namespace DistRec.Models.MatrixFactorization;

/// <summary>
/// Where each item block's ratings lie in a user partition: item blocks are ranges of the global item index, and a row is
/// sorted by item, so a user's ratings in one block are one segment of the row and nothing is moved or copied.
/// </summary>
/// <remarks>The grid of Gemulla et al. ([G11]): blocks that share neither users nor items are updated side by side.</remarks>
public sealed class MfBlocks
{
    private readonly int[] _bounds;
    private readonly long[] _counts;

    /// <param name="ratings">Ratings of the partition, at positions below 2³¹.</param>
    /// <param name="itemStarts">First item of each block, and the number of items last, [blocks + 1].</param>
    public MfBlocks(RatingMatrix ratings, int[] itemStarts)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(itemStarts);
        if (itemStarts.Length < 2 || itemStarts[0] != 0 || itemStarts[^1] != ratings.ColumnCount)
        {
            throw new ArgumentException($"expected the starts of one or more blocks from 0 to {ratings.ColumnCount}", nameof(itemStarts));
        }

        Ratings = ratings;
        ItemStarts = itemStarts;
        int blocks = itemStarts.Length - 1;
        _bounds = new int[((long)ratings.RowCount + 1) * blocks];
        _counts = new long[blocks];
        for (int row = 0; row < ratings.RowCount; row++)
        {
            int position = checked((int)ratings.RowStarts[row]);
            int end = checked((int)ratings.RowStarts[row + 1]);
            for (int block = 0; block < blocks; block++)
            {
                _bounds[(row * blocks) + block] = position;
                int next = itemStarts[block + 1];
                while (position < end && ratings.Columns[position] < next)
                {
                    position++;
                }

                _counts[block] += position - _bounds[(row * blocks) + block];
            }
        }

        _bounds.AsSpan(ratings.RowCount * blocks).Fill(checked((int)ratings.RowStarts[^1]));
    }

    /// <summary>The partition's ratings.</summary>
    public RatingMatrix Ratings { get; }

    /// <summary>First item of each block, and the number of items last, [blocks + 1].</summary>
    public int[] ItemStarts { get; }

    /// <summary>Number of item blocks.</summary>
    public int Count => ItemStarts.Length - 1;

    /// <summary>Number of ratings in one block.</summary>
    public long CountOf(int block) => _counts[block];

    /// <summary>Start of every segment in row-major order: [row × blocks + block]; the next entry is its end.</summary>
    internal ReadOnlySpan<int> Bounds => _bounds;
}
