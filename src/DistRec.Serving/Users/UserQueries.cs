using DistRec.Cluster.Api;
using DistRec.Serving.Queries;

namespace DistRec.Serving.Users;

/// <summary>Answers questions about users whose partitions live on this node.</summary>
/// <param name="node">What the node answers from.</param>
/// <param name="time">The clock that answers' ids begin with.</param>
public sealed class UserQueries(ServingNode node, TimeProvider time)
{
    /// <summary>The version that answers.</summary>
    /// <param name="name">Name of the model; null for the one that was activated last.</param>
    internal ServingModel ModelOf(string? name)
    {
        ActiveModels models = node.Models;
        return name is null
            ? models.Default ?? throw ApiException.Conflict(
                "no model is active", "expected an active model, found none; register one with POST /v1/models and activate it, or start the server with --model")
            : models.Models.GetValueOrDefault(name) ?? throw ApiException.NotFound(
                "there is no such model", $"model: expected a model with an active version, found \"{name}\"; GET /v1/models lists them");
    }

    /// <summary>A user as a version sees it, with all that was rated since training.</summary>
    internal Asker AskerOf(ServingModel model, string user) => node.PartitionOf(user)?.Find(user)?.AskerOf(model) ?? Asker.Of(model, user);

    /// <summary>Likewise with ratings that are given with the question, and kept nowhere.</summary>
    /// <exception cref="InputException">The ratings are not usable.</exception>
    internal Asker AskerOf(ServingModel model, string? user, IReadOnlyList<ItemRating> given)
    {
        float least = model.FoldIn.MinRating;
        foreach (ItemRating rating in given.Where(rating => rating.Rating < least))
        {
            throw InputException.At(rating.Place, $"a rating of at least {least} for {model.Saved.Model.Kind}", $"{rating.Rating}", "correct it");
        }

        UserHistory known = (user is null ? null : node.PartitionOf(user)?.Find(user)) ?? UserHistory.Empty(user ?? "");
        return Asker.Of(model, user, model.Usable(known.With(given, 0).Ratings), "ratings");
    }

    /// <summary>What the answer says of itself.</summary>
    internal ServedBy Served(ServingModel model) =>
        new(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), model.Name, model.Version, model.Sha256, null, "active", 1);
}
