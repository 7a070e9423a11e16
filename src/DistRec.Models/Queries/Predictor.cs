using DistRec.Models.FactorizationMachine;
using DistRec.Models.FoldIn;
using DistRec.Models.Persistence;

namespace DistRec.Models.Queries;

/// <summary>A predicted rating.</summary>
/// <param name="Value">The prediction, inside the rating scale, never NaN.</param>
/// <param name="Answer">What it rests on.</param>
/// <param name="Deviation">Standard deviation of the rating around it, where the model was sampled and both sides are known.</param>
public readonly record struct Prediction(float Value, Answer Answer, double? Deviation = null);

/// <summary>Predicts ratings. Safe for any number of threads.</summary>
public sealed class Predictor
{
    private readonly SavedModel _saved;
    private readonly InteractionCounts? _counts;

    /// <param name="saved">The model. Without training ratings only unknown ids count as cold.</param>
    public Predictor(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;
        _counts = saved.Counts;
    }

    /// <summary>Predicts what a user would rate an item; ids nobody knows are answered as cold.</summary>
    public Prediction Predict(string userId, string itemId)
    {
        _saved.Users.TryGetIndex(userId, out int user);
        _saved.Items.TryGetIndex(itemId, out int item);
        return Predict(user, item);
    }

    /// <summary>Predicts by index; −1 stands for an unknown user or item.</summary>
    public Prediction Predict(int user, int item) => Predict(UserRow.Of(_saved, user), item);

    /// <summary>Predicts for a user that was folded into this model; −1 stands for an unknown item.</summary>
    public Prediction Predict(FoldedUser user, int item) => Predict(UserRow.Of(_saved.Model, user), item);

    /// <summary>Predicts for an item that was folded into this model; −1 stands for an unknown user.</summary>
    public Prediction Predict(int user, FoldedItem item) => Predict(UserRow.Of(_saved, user), item);

    /// <summary>Predicts for a user and an item that were both folded into this model.</summary>
    public Prediction Predict(FoldedUser user, FoldedItem item) => Predict(UserRow.Of(_saved.Model, user), item);

    internal Prediction Predict(in UserRow user, int item)
    {
        Answer answer = Answers.Of(user.IsCold, IsColdItem(item));
        FactorModel model = _saved.Model;
        double? deviation = answer == Answer.Known && user.Variances is { } variances
            ? model.Spread?.DeviationOf(model, user.Factors.Span, variances.Span, item)
            : null;
        return new Prediction(FactorScore.Clip(model, Unclipped(user, item)), answer, deviation);
    }

    /// <summary>The prediction before clipping.</summary>
    internal double Unclipped(in UserRow user, int item) => FactorScore.Sum(
        _saved.Model, user.Bias, user.Factors.Span, item, Answers.PartsOf(_saved.Model, user.HasRow, item, Answers.Of(user.IsCold, IsColdItem(item))), user.Rated);

    internal Prediction Predict(in UserRow user, FoldedItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        FactorModel model = _saved.Model;
        Answer answer = Answers.Of(user.IsCold, item.IsByFeatures);
        double? deviation = answer == Answer.Known && user.Variances is { } userVariances && item.Variances is { } itemVariances
            ? model.Spread?.DeviationOf(model, user.Factors.Span, userVariances.Span, item.Factors.Span, itemVariances.Span)
            : null;
        return new Prediction(FactorScore.Clip(model, FactorScore.Sum(model, user, item)), answer, deviation);
    }

    /// <summary>Whether the model knows nothing about a user.</summary>
    public bool IsColdUser(int user) => user < 0 || _counts?.Users[user] == 0;

    /// <summary>Whether the model knows nothing about an item.</summary>
    public bool IsColdItem(int item) => item < 0 || _counts?.Items[item] == 0;
}
