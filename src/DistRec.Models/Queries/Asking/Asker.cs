using DistRec.Models.FactorizationMachine;
using DistRec.Models.FoldIn;
using DistRec.Models.Persistence;

namespace DistRec.Models.Queries.Asking;

/// <summary>Whom a question is about: a user of the model, one that nobody knows, or one folded in by ratings or by features.</summary>
/// <param name="Id">The user's id; null for a new user without one.</param>
/// <param name="User">Index of the user in the model; −1 for one that it does not know.</param>
/// <param name="Folded">What folding in came to; null where there was nothing to fold in.</param>
/// <param name="Note">What an answer says of folding in by ratings; null where nobody was.</param>
public sealed record Asker(string? Id, int User, FoldedUser? Folded, FoldInNote? Note)
{
    /// <summary>Ids of items that the user has rated and the model does not know: they may have been folded in.</summary>
    public IReadOnlyList<string> OtherItems { get; init; } = [];

    /// <summary>What an answer says of attributes that came with the question; null where none did.</summary>
    public AttributesNote? Attributes { get; init; }

    /// <summary>The user as people read it.</summary>
    public string Name => Id ?? "(new)";

    /// <summary>What answers for a user that was folded in rest on; null for another.</summary>
    public string? Basis => Folded?.IsByFeatures == true ? "the user came after training and is told by its features"
        : Note is not { } note ? null : $"the user was folded in by {(note.Ratings == 1 ? "1 rating" : $"{note.Ratings} ratings")}";

    /// <summary>A user as the model has it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="id">Its id; one that the model does not know is cold.</param>
    public static Asker Of(ServingModel model, string id)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Saved.Users.TryGetIndex(id, out int user);
        return new Asker(id, user, null, null);
    }

    /// <summary>A user with ratings that training did not see: a new one, or one of the model whose ratings are extended and overridden.</summary>
    /// <param name="model">The model.</param>
    /// <param name="id">Its id; null for none.</param>
    /// <param name="ratings">At least one of an item that the model knows.</param>
    /// <param name="place">Where the ratings come from, for messages.</param>
    /// <exception cref="InputException">The ratings are not usable.</exception>
    public static Asker Of(ServingModel model, string? id, IReadOnlyList<ItemRating> ratings, string place)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ratings);
        return ratings.Any(rating => model.Saved.Items.TryGetIndex(rating.Item, out _))
            ? Fold(model, id, ratings)
            : throw InputException.At(
                place, "at least one item that the model knows",
                ratings.Count == 0 ? "no ratings" : $"none among {ratings.Count}, such as \"{ratings[0].Item}\"", "see items.ids in the model's folder");
    }

    /// <summary>A user with what it rated since training, as far as the model can use it; one of whose ratings it can use none is as it was.</summary>
    /// <param name="model">The model.</param>
    /// <param name="id">Its id.</param>
    /// <param name="ratings">Of any items.</param>
    public static Asker OfUsable(ServingModel model, string? id, IReadOnlyList<ItemRating> ratings)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(ratings);
        ItemRating[] usable = [.. ratings.Where(rating => rating.Rating >= model.LeastRating)];
        Asker asker = model.CanFoldIn(usable) ? Fold(model, id, usable) : id is null ? new Asker(null, -1, null, null) : Of(model, id);
        return asker with { OtherItems = [.. ratings.Select(rating => rating.Item).Where(item => !model.Saved.Items.TryGetIndex(item, out _))] };
    }

    /// <summary>A user whom the model was not trained on, by its features alone; one of whom nothing known is told is unknown.</summary>
    /// <param name="model">The model.</param>
    /// <param name="id">Its id; null for none.</param>
    /// <param name="attributes">Texts by the names of attributes.</param>
    /// <param name="place">Where the attributes come from, for messages.</param>
    /// <exception cref="InputException">The model knows the user, or was trained on no attributes of users.</exception>
    public static Asker Of(ServingModel model, string? id, IReadOnlyDictionary<string, IReadOnlyList<string>> attributes, string place)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Saved.Users.TryGetIndex(id, out _))
        {
            throw InputException.At(
                place, "none for a user whom the model was trained on", $"those of \"{id}\"", "leave them out: training knew the user");
        }

        (FoldedUser? row, EncodedEntity features) = model.ByFeatures.DescribeUser(attributes);
        return new Asker(id, -1, row, null) { Attributes = new AttributesNote(features.Used, features.Unknown) };
    }

    private static Asker Fold(ServingModel model, string? id, IReadOnlyList<ItemRating> ratings)
    {
        SavedModel saved = model.Saved;
        List<int> items = [];
        List<float> values = [];
        List<string> unknown = [];
        foreach (ItemRating rating in ratings)
        {
            if (saved.Items.TryGetIndex(rating.Item, out int item))
            {
                items.Add(item);
                values.Add(rating.Rating);
            }
            else
            {
                unknown.Add(rating.Item);
            }
        }

        RatingScale scale = saved.Model.Scale;
        bool hasScale = saved.Model.Link == FmLink.Identity && !saved.Model.IsImplicit;
        int outOfScale = hasScale ? values.Count(value => value < scale.Minimum || value > scale.Maximum) : 0;
        bool isKnown = saved.Users.TryGetIndex(id, out int user);
        FoldedUser folded = isKnown ? model.FoldIn.Refit(user, [.. items], [.. values]) : model.FoldIn.Fit([.. items], [.. values]);
        return new Asker(id, user, folded, new FoldInNote((int)folded.Fitted.Count, unknown, outOfScale)) { OtherItems = unknown };
    }
}
