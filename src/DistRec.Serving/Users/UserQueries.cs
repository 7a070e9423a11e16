using DistRec.Cluster.Api;
using DistRec.Evaluation.Bandits;
using DistRec.Models.Queries.Asking;
using DistRec.Models.Queries.Lists;
using DistRec.Serving.Api;
using DistRec.Serving.Experiments;
using DistRec.Serving.Protocol;
using DistRec.Serving.Registry;
using DistRec.Serving.Telemetry;
using Google.Protobuf.Collections;

namespace DistRec.Serving.Users;

/// <summary>Answers questions about users whose partitions live on this node. Takes no lock and asks no actor; safe for any number of threads.</summary>
/// <param name="node">What the node answers from.</param>
/// <param name="time">The clock that answers' ids begin with.</param>
public sealed class UserQueries(ServingNode node, TimeProvider time)
{
    /// <summary>Answers a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="models">What answers.</param>
    /// <param name="kept">The arm that the user has just been given; null for what the user's partition knows.</param>
    /// <returns>One of the answers of <see cref="ModelQueries"/>, or a <see cref="HistoryAnswer"/>.</returns>
    /// <exception cref="InputException">The question cannot be answered as it is put.</exception>
    internal object Answer(UserQuestion question, ActiveModels models, ArmChoice? kept = null)
    {
        ServingModel active = ModelOf(models, NameOf(question));
        string? user = question.User.Length == 0 ? null : question.User;
        if (question.QuestionCase == UserQuestion.QuestionOneofCase.History)
        {
            return HistoryOf(node.WithNewItems(active), user ?? "", question.History.N);
        }

        (ServingModel model, ServedBy served) = Route(models, active, question, kept);
        return AnswerBy(model, question, served);
    }

    /// <summary>Answers a question by a version, whatever experiments there are.</summary>
    /// <param name="model">The version.</param>
    /// <param name="question">Any but one about the history.</param>
    /// <param name="served">What the answer says of itself.</param>
    /// <exception cref="InputException">The question cannot be answered as it is put.</exception>
    internal object AnswerBy(ServingModel model, UserQuestion question, ServedBy? served = null)
    {
        model = node.WithNewItems(model);
        string? user = question.User.Length == 0 ? null : question.User;
        Asker asker = question.Attributes.Count > 0 ? AskerOf(model, user, question.Attributes)
            : question.Ratings.Count == 0 && user is not null ? AskerOf(model, user) : AskerOf(model, user, question.Ratings);
        return question.QuestionCase switch
        {
            UserQuestion.QuestionOneofCase.Predict => ModelQueries.Predict(model, asker, question.Predict.Item) with { Served = served },
            UserQuestion.QuestionOneofCase.Recommend =>
                ModelQueries.Recommend(model, asker, QueryOf(model.Saved, question.Recommend)) with { Served = served },
            UserQuestion.QuestionOneofCase.Explain =>
                ModelQueries.Explain(model, asker, question.Explain.Item, question.Explain.N) with { Served = served },
            UserQuestion.QuestionOneofCase.Similar => ModelQueries.SimilarUsers(model, asker, question.Similar.N) with { Served = served },
            _ => throw ApiException.BadRequest("there is no question", "expected one of the questions of this release, found none; run the same version on every node"),
        };
    }

    /// <summary>The experiment that has to give the user of a question an arm before the question is answered; null where none has to.</summary>
    internal RunningExperiment? FindNewcomer(ActiveModels models, UserQuestion question) =>
        models.Experiments.Count > 0 && question.User.Length > 0 && question.QuestionCase != UserQuestion.QuestionOneofCase.History
        && models.Experiments.TryGetValue(ModelOf(models, NameOf(question)).Name, out RunningExperiment? experiment) && experiment.Definition.Learns
        && node.PartitionOf(question.User)?.FindArm(experiment.Definition.Name, question.User) is null
            ? experiment
            : null;

    /// <summary>The active version that answers.</summary>
    /// <param name="name">Name of the model; null for the one that was activated last.</param>
    internal ServingModel ModelOf(string? name) => node.WithNewItems(ModelOf(node.Models, name));

    private static string? NameOf(UserQuestion question) => question.Model.Length == 0 ? null : question.Model;

    private static ServingModel ModelOf(ActiveModels models, string? name) =>
        name is null
            ? models.Default ?? throw ApiException.Conflict(
                "no model is active", "expected an active model, found none; register one with POST /v1/models and activate it, or start the server with --model")
            : models.Models.GetValueOrDefault(name) ?? throw ApiException.NotFound(
                "there is no such model", $"model: expected a model with an active version, found \"{name}\"; GET /v1/models lists them");

    /// <summary>What the answer of an active version says of itself.</summary>
    internal ServedBy Served(ServingModel model) => new(AnswerIds.Of(NewId()), model.Name, model.Version, model.Sha256, null, "active", 1);

    private Guid NewId() => Guid.CreateVersion7(time.GetUtcNow());

    // A user whom an experiment that learns has given no arm yet is no part of it.
    private (ServingModel Model, ServedBy Served) Route(ActiveModels models, ServingModel active, UserQuestion question, ArmChoice? kept)
    {
        if (!models.Experiments.TryGetValue(active.Name, out RunningExperiment? experiment))
        {
            return (active, Served(active));
        }

        Guid id = NewId();
        string name = experiment.Definition.Name, user = question.User;
        ArmChoice? choice = user.Length == 0 ? PageOf(experiment, question) ?? experiment.Draw(AnswerIds.Of(id))
            : !experiment.Definition.Learns ? experiment.Draw(user)
            : kept ?? node.PartitionOf(user)?.FindArm(name, user);
        if (choice is not { } chosen)
        {
            return (active, Served(active));
        }

        ServingModel model = experiment.Models[chosen.Arm];
        string arm = experiment.Definition.Arms[chosen.Arm].Name;
        string answer = AnswerIds.Of(id, name, arm, chosen.Propensity);
        return (model, new ServedBy(answer, model.Name, model.Version, model.Sha256, name, arm, chosen.Propensity));
    }

    // A list goes on with the version that began it, whichever arm the next answer would have.
    private static ArmChoice? PageOf(RunningExperiment experiment, UserQuestion question) =>
        question.Recommend is { After: { Length: > 0 } after } ? experiment.Find(ListCursor.Parse(after, "after").IsOf) : null;

    private static RecommendQuery QueryOf(SavedModel saved, RecommendQuestion question)
    {
        ListCursor? after = question.After.Length == 0 ? null : ListCursor.Parse(question.After, "after");
        return after?.IsOf(saved) == false
            ? throw ApiException.Conflict("the list was begun by another version of the model", after.Mismatch(saved).Message)
            : new RecommendQuery
            {
                N = question.N,
                IncludeSeen = question.IncludeSeen,
                Allow = question.Allow?.Ids,
                Deny = question.Deny?.Ids,
                Diversity = question.Diversity,
                Explore = question.Explore,
                Filter = question.Filter.Length == 0 ? null : AttributeFilter.Parse(question.Filter, "filter"),
                After = after,
            };
    }

    // A user as a version sees it, with all that was rated since training.
    private Asker AskerOf(ServingModel model, string user) => node.PartitionOf(user)?.Find(user)?.AskerOf(model) ?? Asker.Of(model, user);

    // A user of whom nothing is known but what comes with the question.
    private Asker AskerOf(ServingModel model, string? user, RepeatedField<GivenAttribute> given)
    {
        const string Place = "attributes";
        Dictionary<string, IReadOnlyList<string>> attributes =
            given.ToDictionary(one => one.Name, one => (IReadOnlyList<string>)one.Texts, StringComparer.Ordinal);
        Asker asker = Asker.Of(model, user, attributes, Place);
        if (user is null)
        {
            return asker;
        }

        Asker known = AskerOf(model, user);
        return known.Folded is null
            ? asker with { OtherItems = known.OtherItems }
            : throw InputException.At(
                Place, "none for a user who has rated items", $"those of \"{user}\": {known.Basis}", "leave them out");
    }

    // Likewise with ratings that come with the question, and are kept nowhere.
    private Asker AskerOf(ServingModel model, string? user, RepeatedField<RatedItem> given)
    {
        float least = model.FoldIn.MinRating;
        for (int index = 0; index < given.Count; index++)
        {
            if (!(given[index].Rating >= least))
            {
                throw InputException.At($"ratings[{index}]", $"a rating of at least {least} for {model.Saved.Model.Kind}", $"{given[index].Rating}", "correct it");
            }
        }

        UserHistory known = (user is null ? null : node.PartitionOf(user)?.Find(user)) ?? UserHistory.Empty(user ?? "");
        UserHistory all = known.With(given.Select(rating => new UserRating(known.User, rating.Item, rating.Rating, long.MaxValue)));
        Asker asker = Asker.Of(
            model, user, [.. all.Ratings.Where(rating => rating.Rating >= least).Select(rating => new ItemRating(rating.Item, rating.Rating, ""))], "ratings");
        ServingTelemetry.Asked(asker);
        return asker;
    }

    private HistoryAnswer HistoryOf(ServingModel model, string user, int n)
    {
        SavedModel saved = model.Saved;
        List<RatedItemAnswer> rated = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (UserRating rating in node.PartitionOf(user)?.Find(user)?.Ratings ?? [])
        {
            seen.Add(rating.Item);
            saved.Items.TryGetIndex(rating.Item, out int item);
            rated.Add(new RatedItemAnswer(rating.Item, ModelQueries.TitleOf(model, rating.Item, item), rating.Rating, true));
        }

        bool isKnown = saved.Users.TryGetIndex(user, out int row);
        if (isKnown && saved.Ratings is { } training)
        {
            ReadOnlySpan<int> items = training.RowColumns(row);
            for (int index = 0; index < items.Length; index++)
            {
                string id = saved.Items[items[index]];
                if (seen.Add(id))
                {
                    rated.Add(new RatedItemAnswer(id, saved.TitleOf(items[index]), training.RowValues(row)[index], false));
                }
            }
        }

        return new HistoryAnswer(user, [.. rated.Take(n)], isKnown);
    }
}
