using System.Numerics;

namespace DistRec.Models.Queries.Top;

/// <summary>Which items may be recommended: a bit for each. Immutable, so that one filter may serve many requests.</summary>
public sealed class ItemFilter
{
    private const int WordBits = 64;

    private readonly ulong[] _words;

    private ItemFilter(int itemCount, ulong[] words)
    {
        ItemCount = itemCount;
        _words = words;
        Count = words.Sum(BitOperations.PopCount);
    }

    /// <summary>Items of the model.</summary>
    public int ItemCount { get; }

    /// <summary>How many of them may be recommended.</summary>
    public int Count { get; }

    /// <summary>The items of one list without those of another.</summary>
    /// <param name="itemCount">Items of the model.</param>
    /// <param name="allow">Indices to choose from; null for all.</param>
    /// <param name="deny">Indices to leave out even if allowed; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is no item's.</exception>
    public static ItemFilter Of(int itemCount, IEnumerable<int>? allow = null, IEnumerable<int>? deny = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        ulong[] words = new ulong[(itemCount + WordBits - 1) / WordBits];
        foreach (int item in allow ?? Enumerable.Range(0, itemCount))
        {
            words[WordOf(item, itemCount)] |= 1UL << (item % WordBits);
        }

        foreach (int item in deny ?? [])
        {
            words[WordOf(item, itemCount)] &= ~(1UL << (item % WordBits));
        }

        return new ItemFilter(itemCount, words);
    }

    /// <summary>The items that are marked.</summary>
    /// <param name="fits">Whether an item may be recommended, [items].</param>
    internal static ItemFilter Of(ReadOnlySpan<bool> fits)
    {
        ulong[] words = new ulong[(fits.Length + WordBits - 1) / WordBits];
        for (int item = 0; item < fits.Length; item++)
        {
            words[item / WordBits] |= (fits[item] ? 1UL : 0) << (item % WordBits);
        }

        return new ItemFilter(fits.Length, words);
    }

    /// <summary>The items that two filters of the same model have in common.</summary>
    internal ItemFilter And(ItemFilter other) => new(ItemCount, [.. _words.Zip(other._words, (one, two) => one & two)]);

    /// <summary>Whether an item may be recommended.</summary>
    public bool Contains(int item) => (_words[item / WordBits] >> (item % WordBits) & 1) != 0;

    /// <summary>The items that may be recommended, ascending.</summary>
    public IEnumerable<int> Items()
    {
        for (int word = 0; word < _words.Length; word++)
        {
            for (ulong bits = _words[word]; bits != 0; bits &= bits - 1)
            {
                yield return (word * WordBits) + BitOperations.TrailingZeroCount(bits);
            }
        }
    }

    private static int WordOf(int item, int itemCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(item);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(item, itemCount);
        return item / WordBits;
    }
}
