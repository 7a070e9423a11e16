using DistRec.Numerics.Random;

namespace DistRec.Models.Neural;

/// <summary>
/// Deals ratings out to the mini-batches of an epoch: those of a user in random order and evenly over the epoch, from a random place
/// on. What batch a rating is in hangs on the seed, its
/// user and the epoch alone, so the batches of all partitions together are the same however users are cut. Not thread-safe.
/// </summary>
public sealed class MiniBatches
{
    private readonly RatingMatrix _ratings;
    private readonly int _firstUser;
    private readonly int _batches;
    private readonly ulong _seed;
    private readonly int[] _order;
    private readonly int[] _starts;
    private readonly int[] _batchOf;

    /// <param name="ratings">The ratings, by user.</param>
    /// <param name="firstUser">Global index of the first user.</param>
    /// <param name="batches">Mini-batches of an epoch, at least 1.</param>
    /// <param name="seed">The job's seed.</param>
    public MiniBatches(RatingMatrix ratings, int firstUser, int batches, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentOutOfRangeException.ThrowIfLessThan(batches, 1);
        (_ratings, _firstUser, _batches, _seed) = (ratings, firstUser, batches, seed);
        _order = new int[ratings.Count];
        _batchOf = new int[ratings.Count];
        _starts = new int[batches + 1];
    }

    /// <summary>How many mini-batches of about a size there are.</summary>
    /// <param name="ratings">Ratings of all partitions.</param>
    /// <param name="size">Ratings of a batch.</param>
    public static int CountFor(long ratings, int size) => (int)Math.Max(1, Math.Round((double)ratings / size));

    /// <summary>Deals for an epoch.</summary>
    public void Deal(int epoch)
    {
        Array.Clear(_starts);
        for (int user = 0; user < _ratings.RowCount; user++)
        {
            int first = (int)(_ratings.RowStarts[user] - _ratings.RowStarts[0]), count = _ratings.RowLength(user);
            EntityRandom random = new(_seed, RandomPurpose.MiniBatch, _firstUser + user, epoch);
            Span<int> ranks = _batchOf.AsSpan(first, count);
            for (int index = 0; index < count; index++)
            {
                int other = random.NextInt(index + 1);
                ranks[index] = ranks[other];
                ranks[other] = index;
            }

            double start = random.NextDouble();
            foreach (ref int rank in ranks)
            {
                rank = Math.Min(_batches - 1, (int)((rank + start) * _batches / count));
                _starts[rank + 1]++;
            }
        }

        for (int batch = 0; batch < _batches; batch++)
        {
            _starts[batch + 1] += _starts[batch];
        }

        int[] next = _starts[..^1];
        for (int rating = 0; rating < _batchOf.Length; rating++)
        {
            _order[next[_batchOf[rating]]++] = rating;
        }
    }

    /// <summary>The ratings of a batch of the epoch that was dealt last: how many ratings of the matrix come before each,
    /// ascending.</summary>
    public ReadOnlySpan<int> Of(int batch) => _order.AsSpan(_starts[batch].._starts[batch + 1]);
}
