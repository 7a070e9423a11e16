namespace DistRec.Models.Queries;

/// <summary>An item and its score.</summary>
/// <param name="Item">Index of the item.</param>
/// <param name="Score">Its score; higher is better.</param>
public readonly record struct ScoredItem(int Item, double Score)
{
    /// <summary>Whether this one ranks before another: by score, then by lower index.</summary>
    public bool IsBefore(ScoredItem other) => Score > other.Score || (Score == other.Score && Item < other.Item);
}

/// <summary>
/// Keeps the best n of a stream of scored items in a binary heap with the worst of them on top: O(log n) for an item that
/// enters and one comparison for an item that does not. The result does not depend on the order of the stream.
/// </summary>
public sealed class BoundedTop
{
    private readonly ScoredItem[] _heap;
    private int _count;

    /// <param name="capacity">n, at least 0.</param>
    public BoundedTop(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _heap = new ScoredItem[capacity];
    }

    /// <summary>Whether n items are kept, so that another one takes the place of the <see cref="Worst"/>.</summary>
    public bool IsFull => _count == _heap.Length;

    /// <summary>The last of the kept items, of which there must be one.</summary>
    public ScoredItem Worst => _heap[0];

    /// <summary>Whether an item would be kept.</summary>
    public bool Accepts(ScoredItem item) => !IsFull || (_count > 0 && item.IsBefore(_heap[0]));

    /// <summary>Offers an item. Scores must not be NaN.</summary>
    public void Offer(ScoredItem item)
    {
        if (!Accepts(item))
        {
            return;
        }

        if (IsFull)
        {
            _heap[0] = item;
            Sink();
        }
        else
        {
            _heap[_count] = item;
            Rise(_count++);
        }
    }

    /// <summary>Ends the stream: the kept items, best first. Nothing can be offered from then on.</summary>
    public ScoredItem[] TakeSorted()
    {
        _heap.AsSpan(0, _count).Sort(static (a, b) => a.IsBefore(b) ? -1 : b.IsBefore(a) ? 1 : 0);
        return IsFull ? _heap : _heap[.._count];
    }

    private void Rise(int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (!_heap[parent].IsBefore(_heap[index]))
            {
                return;
            }

            (_heap[parent], _heap[index]) = (_heap[index], _heap[parent]);
            index = parent;
        }
    }

    private void Sink()
    {
        int index = 0;
        while (true)
        {
            int worst = index;
            int left = 2 * index + 1;
            for (int child = left; child < Math.Min(left + 2, _count); child++)
            {
                if (_heap[worst].IsBefore(_heap[child]))
                {
                    worst = child;
                }
            }

            if (worst == index)
            {
                return;
            }

            (_heap[worst], _heap[index]) = (_heap[index], _heap[worst]);
            index = worst;
        }
    }
}
