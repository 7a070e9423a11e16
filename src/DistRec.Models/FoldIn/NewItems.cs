using System.Diagnostics.CodeAnalysis;
using DistRec.Models.Queries;

namespace DistRec.Models.FoldIn;

/// <summary>An item that a model does not know and that was folded into it by its ratings, or by its features.</summary>
public sealed class NewItem
{
    /// <param name="index">Stands for it beside the indices of the model's items, and comes after them.</param>
    /// <param name="id">Its id.</param>
    /// <param name="row">What folding in came to.</param>
    public NewItem(int index, string id, FoldedItem row)
    {
        ArgumentNullException.ThrowIfNull(row);
        (Index, Id, Row) = (index, id, row);
        Length = Math.Sqrt(FactorScore.Product(row.Factors.Span, row.Factors.Span));
    }

    /// <summary>Stands for it beside the indices of the model's items, and comes after them: the same for as long as the version of the model answers.</summary>
    public int Index { get; }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>What stands for its row of the model's tables.</summary>
    public FoldedItem Row { get; }

    /// <summary>Its title; null where nobody has said one.</summary>
    public string? Title { get; init; }

    /// <summary>Texts by the names of attributes that somebody has said it has.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How many ratings it was folded in by; none where its features tell of it.</summary>
    public int Ratings => (int)Row.Fitted.Count;

    /// <summary>‖q_i‖.</summary>
    internal double Length { get; }
}

/// <summary>The items that were folded into one version of a model, as of one moment. Immutable.</summary>
public sealed class NewItems
{
    private readonly Dictionary<string, NewItem> _byId;
    private readonly Dictionary<int, NewItem> _byIndex;

    /// <param name="items">The items.</param>
    public NewItems(IEnumerable<NewItem> items)
    {
        All = [.. items.OrderBy(item => item.Index)];
        _byId = All.ToDictionary(item => item.Id, StringComparer.Ordinal);
        _byIndex = All.ToDictionary(item => item.Index);
    }

    /// <summary>No items.</summary>
    public static NewItems None { get; } = new([]);

    /// <summary>The items by their indices.</summary>
    public IReadOnlyList<NewItem> All { get; }

    /// <summary>An item by its id; null where it is none of these.</summary>
    public NewItem? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>An item by its index.</summary>
    internal bool TryGet(int index, [NotNullWhen(true)] out NewItem? item) => _byIndex.TryGetValue(index, out item);
}
