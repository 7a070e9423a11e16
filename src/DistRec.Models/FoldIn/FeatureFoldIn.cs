using DistRec.Models.FactorizationMachine;
using DistRec.Models.Persistence;

namespace DistRec.Models.FoldIn;

/// <summary>
/// Takes users and items into a factorization machine by their features alone: without an id's feature and without ratings, as the machine
/// answers for those of its training data that nobody rated. Safe for any number of threads.
/// </summary>
public sealed class FeatureFoldIn
{
    private readonly SavedModel _saved;
    private readonly EntityEncoder? _users;
    private readonly EntityEncoder? _items;

    /// <param name="saved">The model; one that no features tell of users or items describes none.</param>
    public FeatureFoldIn(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;
        if (saved.Model.Machine is { } machine)
        {
            _users = saved.Users.Count > 0 ? EntityEncoder.TryMake(machine.Space, RelationEntity.User) : null;
            _items = saved.Items.Count > 0 ? EntityEncoder.TryMake(machine.Space, RelationEntity.Item) : null;
        }
    }

    /// <summary>Whether the model was trained on attributes of items.</summary>
    public bool DescribesItems => _items is not null;

    /// <summary>The row of a new item.</summary>
    /// <param name="attributes">Texts by the names of attributes.</param>
    /// <param name="title">Its title, which may tell the year; null for none.</param>
    /// <returns>The row, null where nothing that training met is told of the item; and what was used.</returns>
    /// <exception cref="InputException">The model was trained on no attributes of items, or the row is not finite.</exception>
    public (FoldedItem? Row, EncodedEntity Features) DescribeItem(
        IReadOnlyDictionary<string, IReadOnlyList<string>> attributes, string? title)
    {
        (RowFit? fit, EncodedEntity features) = Describe(Side.Item, _items, attributes, title);
        return (fit is { } row ? new FoldedItem([], NoRatings(_saved.Users), row) : null, features);
    }

    /// <summary>The row of a new user.</summary>
    /// <param name="attributes">Texts by the names of attributes.</param>
    /// <returns>The row, null where nothing that training met is told of the user; and what was used.</returns>
    /// <exception cref="InputException">The model was trained on no attributes of users, or the row is not finite.</exception>
    public (FoldedUser? Row, EncodedEntity Features) DescribeUser(IReadOnlyDictionary<string, IReadOnlyList<string>> attributes)
    {
        (RowFit? fit, EncodedEntity features) = Describe(Side.User, _users, attributes, null);
        return (fit is { } row ? new FoldedUser([], NoRatings(_saved.Items), row) : null, features);
    }

    private (RowFit? Fit, EncodedEntity Features) Describe(
        Side side, EntityEncoder? encoder, IReadOnlyDictionary<string, IReadOnlyList<string>> attributes, string? title)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        EncodedEntity features = (encoder ?? throw Refuse(side)).Encode(attributes, title);
        if (features.Features.Length == 0)
        {
            return (null, features);
        }

        (float bias, float[] factors) = FmCollapse.RowOf(_saved.Model.Machine!, side, features.Features, features.Values);
        return float.IsFinite(bias) && FiniteCheck.IndexOfNonFinite(factors) < 0
            ? (new RowFit(bias, factors), features)
            : throw InputException.At(
                "attributes", "numbers of the size that the model was trained on", string.Join(", ", features.Used), "correct them");
    }

    private static RatingMatrix NoRatings(IdMap of) => new(of.Count, [0, 0], [], []);

    private InputException Refuse(Side side)
    {
        string whose = side == Side.User ? "users" : "items";
        FmMachine? machine = _saved.Model.Machine;
        bool isUnsaid = machine is not null && machine.Space.Groups.Any(group => group is { Count: > 0, Origin: null });
        return InputException.At(
            "attributes",
            $"a model that was trained on attributes of {whose}",
            machine is null ? $"{_saved.Model.Kind}, which is trained on ratings alone"
                : isUnsaid
                    ? $"{_saved.Model.Kind} whose features are hashed, or saved by an earlier release that did not say of what they are"
                : $"{_saved.Model.Kind} of the features {string.Join(", ", machine.Space.Groups.Select(group => group.Name))}",
            side == Side.User
                ? "train fm with features such as user,item,gender,age, or leave the attributes out"
                : "train fm with features such as user,item,genre");
    }
}
