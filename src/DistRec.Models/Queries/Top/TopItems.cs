using System.Collections.Concurrent;
using DistRec.Models.Persistence;
using DistRec.Numerics.Quantization;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.Queries.Top;

/// <summary>
/// Finds the best items for many users at once: exactly those, in the order and with the bits of the scores, that scoring every
/// item one after the other and sorting would give (best first, equal scores by lower index), whatever else is asked for in the
/// same batch, by how many threads and on which vectors. Immutable, and safe for any number of threads.
/// </summary>
/// <remarks>
/// Items are kept as 8-bit codes beside the model's tables. For each user a pass over the codes estimates all scores with a proven
/// bound of the error (<see cref="ScoreBound"/>); only items whose estimate does not rule out that they are among the best so far
/// are scored as <see cref="FactorScore"/> does. Users of a batch take turns at blocks of codes that stay in a first-level cache.
/// Items without training ratings all have the same score and are not looked through.
/// </remarks>
public sealed class TopItems
{
    private const int SampledUsers = 4096;

    private readonly ConcurrentBag<TopBatch> _batches = [];
    private readonly IReadOnlyList<int>? _itemCounts;
    private readonly Lazy<RowPanels?> _panels;

    /// <param name="saved">The model.</param>
    public TopItems(SavedModel saved)
        : this((saved ?? throw new ArgumentNullException(nameof(saved))).Model, saved.Counts?.Items)
    {
    }

    /// <param name="model">A model of finite tables.</param>
    /// <param name="itemCounts">Training ratings of each item, [items], to tell which are cold; null where they are not at hand.</param>
    public TopItems(FactorModel model, IReadOnlyList<int>? itemCounts)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        _itemCounts = itemCounts;
        int[] known = [.. Enumerable.Range(0, ItemCount).Where(item => !IsCold(item))];
        Cold = [.. Enumerable.Range(0, ItemCount).Where(IsCold)];
        _panels = new Lazy<RowPanels?>(() => model.ItemFactors is { } factors ? new RowPanels(factors) : null);
        Rows = new QuantizedRows(model.ItemFactors ?? new FactorTable(ItemCount, 0), model.ItemBiases, known, NormOf(model.UserFactors));
    }

    /// <summary>The model.</summary>
    internal FactorModel Model { get; }

    /// <summary>Items that are scored each by its own factors, coded.</summary>
    internal QuantizedRows Rows { get; }

    /// <summary>The items' factors where all scores are wanted; null for a model without.</summary>
    internal RowPanels? Panels => _panels.Value;

    /// <summary>Items whose parts are left out of scores, ascending.</summary>
    internal int[] Cold { get; }

    /// <summary>Items of the model.</summary>
    internal int ItemCount => Model.ItemBiases.Length;

    /// <summary>Ranks items.</summary>
    /// <param name="requests">What is asked for.</param>
    /// <param name="results">Receives the best items of each request, best first; [requests].</param>
    /// <exception cref="ArgumentException">The lengths differ, or a filter is of another number of items.</exception>
    public void Rank(ReadOnlySpan<TopRequest> requests, Span<ScoredItem[]> results)
    {
        if (requests.Length != results.Length)
        {
            throw new ArgumentException($"expected room for {requests.Length} results, found {results.Length}", nameof(results));
        }

        TopBatch batch = _batches.TryTake(out TopBatch? idle) ? idle : new TopBatch(this);
        for (int start = 0; start < requests.Length; start += TopBatch.Capacity)
        {
            int count = Math.Min(TopBatch.Capacity, requests.Length - start);
            batch.Rank(requests.Slice(start, count), results.Slice(start, count));
        }

        _batches.Add(batch);
    }

    /// <summary>Ranks items for one request: the best ones, best first.</summary>
    /// <exception cref="ArgumentException">The filter is of another number of items.</exception>
    public ScoredItem[] Rank(in TopRequest request)
    {
        ScoredItem[] best = [];
        Rank(new ReadOnlySpan<TopRequest>(in request), new Span<ScoredItem[]>(ref best));
        return best;
    }

    /// <summary>Which parts an item's score is made of.</summary>
    internal Answer PartsOf(in UserRow user, bool isCold) => Answers.PartsOf(Model, user.HasRow, 0, Answers.Of(user.IsCold, isCold));

    /// <summary>Whether an item's own parts are left out.</summary>
    internal bool IsCold(int item) => !Model.DescribesCold && _itemCounts?[item] == 0;

    // The root mean square of some users' ‖p_u‖.
    private static double NormOf(FactorTable? users)
    {
        int step = ((users?.Rows ?? 0) / SampledUsers) + 1, count = 0;
        double sum = 0;
        for (int user = 0; user < users?.Rows; user += step, count++)
        {
            sum += Dot.Double(users.Row(user), users.Row(user));
        }

        return Math.Sqrt(sum / Math.Max(1, count));
    }
}
