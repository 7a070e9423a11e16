using System.Runtime.InteropServices;
using DistRec.Numerics.Quantization;

namespace DistRec.Models.Queries.Top;

/// <summary>Requests that take turns at the blocks of codes, and their scratch memory: one thread's at a time.</summary>
/// <param name="items">What is ranked.</param>
internal sealed unsafe class TopBatch(TopItems items)
{
    /// <summary>Requests that are ranked together.</summary>
    public const int Capacity = 64;

    // Codes that one request goes through before it is the next one's turn: about half of a first-level cache.
    private const int TurnBytes = 24 * 1024;

    private readonly List<TopSearch> _searches = [];
    private readonly FactorTable _estimates = new(1, QuantizedRows.BlockRows);

    /// <summary>Ranks items for at most <see cref="Capacity"/> requests.</summary>
    public void Rank(ReadOnlySpan<TopRequest> requests, Span<ScoredItem[]> results)
    {
        while (_searches.Count < requests.Length)
        {
            _searches.Add(new TopSearch(items));
        }

        Span<TopSearch> searches = CollectionsMarshal.AsSpan(_searches)[..requests.Length];
        for (int index = 0; index < searches.Length; index++)
        {
            searches[index].Start(requests[index]);
        }

        int turn = Math.Max(1, TurnBytes / Math.Max(1, items.Rows.BlockBytes));
        for (int first = 0; first < items.Rows.BlockCount; first += turn)
        {
            int end = Math.Min(first + turn, items.Rows.BlockCount);
            for (int index = 0; index < searches.Length; index++)
            {
                for (int block = end; block < end + turn; block++)
                {
                    items.Rows.Prefetch(block, index, searches.Length);
                }

                searches[index].Scan(first, end, _estimates.Pointer);
            }
        }

        for (int index = 0; index < searches.Length; index++)
        {
            results[index] = searches[index].Finish();
        }
    }
}
