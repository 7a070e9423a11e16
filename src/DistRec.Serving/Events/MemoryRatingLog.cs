using System.Collections.Concurrent;
using DistRec.Serving.Protocol;
using DistRec.Serving.Users;

namespace DistRec.Serving.Events;

/// <summary>Keeps ratings as long as the process lives.</summary>
internal sealed class MemoryRatingLog : IRatingLog
{
    private readonly ConcurrentQueue<(int Partition, UserRating Rating)> _ratings = new();
    private long _sequence;

    public Task<IReadOnlyList<UserRating>> ReadAsync(int partition, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<UserRating>>([.. _ratings.Where(entry => entry.Partition == partition).Select(entry => entry.Rating)]);

    public Task<ItemsRated> AppendAsync(int partition, RateItems rate, CancellationToken cancellationToken)
    {
        long sequence = Interlocked.Increment(ref _sequence);
        foreach (RatedItem item in rate.Items)
        {
            _ratings.Enqueue((partition, new UserRating(rate.User, item.Item, item.Rating, sequence)));
        }

        return Task.FromResult(new ItemsRated { Sequence = sequence, Stored = rate.Items.Count });
    }
}
