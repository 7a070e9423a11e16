namespace DistRec.Contracts;

/// <summary>What happened, in order; tests wait for it to reach a length.</summary>
public sealed class Recorded<T>
{
    private readonly Lock _gate = new();
    private readonly List<T> _items = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];

    public IReadOnlyList<T> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items];
            }
        }
    }

    public void Add(T item)
    {
        lock (_gate)
        {
            _items.Add(item);
            foreach ((int count, TaskCompletionSource reached) in _waiting)
            {
                if (count <= _items.Count)
                {
                    reached.TrySetResult();
                }
            }

            _waiting.RemoveAll(waiting => waiting.Count <= _items.Count);
        }
    }

    /// <summary>Waits, for a bounded time, until there are so many items, and returns all there are then.</summary>
    public async Task<IReadOnlyList<T>> WhenAsync(int count)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_items.Count >= count)
            {
                return [.. _items];
            }

            _waiting.Add((count, reached));
        }

        await reached.Task.Soon(() => $"{count} items; there are {Items.Count}");
        return Items;
    }
}
