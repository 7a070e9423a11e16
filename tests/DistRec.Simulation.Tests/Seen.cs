namespace DistRec.Simulation.Tests;

/// <summary>What happened, in order. Unlike a test's recorder for real engines it continues whoever waits on the same thread.</summary>
internal sealed class Seen<T>
{
    private readonly List<T> _items = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];

    internal IReadOnlyList<T> Items => _items;

    internal void Add(T item)
    {
        _items.Add(item);
        foreach ((int count, TaskCompletionSource reached) in _waiting.ToArray())
        {
            if (count <= _items.Count)
            {
                reached.TrySetResult();
            }
        }
    }

    /// <summary>Completes when there are so many items.</summary>
    internal Task WhenAsync(int count)
    {
        TaskCompletionSource reached = new();
        if (_items.Count >= count)
        {
            return Task.CompletedTask;
        }

        _waiting.Add((count, reached));
        return reached.Task;
    }
}
