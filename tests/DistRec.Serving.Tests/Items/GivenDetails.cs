using DistRec.Serving.Items;

namespace DistRec.Serving.Tests.Items;

/// <summary>What was said, in memory.</summary>
internal sealed class GivenDetails : IItemDetails
{
    private readonly List<ItemDetails> _all = [];

    public Task PutAsync(ItemDetails details, CancellationToken cancellationToken = default)
    {
        long first = _all.Find(one => one.Item == details.Item)?.First ?? _all.Count + 1;
        _all.Add(details with { First = first });
        return Task.CompletedTask;
    }

    public Task<ItemDetails?> FindAsync(string item, CancellationToken cancellationToken = default) => Task.FromResult(_all.LastOrDefault(one => one.Item == item));

    public Task<long> LastAsync(CancellationToken cancellationToken = default) => Task.FromResult((long)_all.Count);

    public Task<IReadOnlyList<ItemDetails>> ReadAsync(long after, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<ItemDetails>>(
        [.. _all.Skip((int)after).Reverse().DistinctBy(one => one.Item).Reverse()]);
}
