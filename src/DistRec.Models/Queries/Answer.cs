namespace DistRec.Models.Queries;

/// <summary>
/// What an answer rests on. An id is cold when the model does not know it or, where the training ratings are at hand, when it
/// had none: its factors then are what they were initialized to and mean nothing, unless <see cref="FactorModel.DescribesCold"/>.
/// </summary>
public enum Answer
{
    /// <summary>User and item were both trained: r̂_ui = μ + b_u + b_i + q_iᵀp_u.</summary>
    Known,

    /// <summary>The user is cold: μ + b_i.</summary>
    ColdUser,

    /// <summary>The item is cold: μ + b_u.</summary>
    ColdItem,

    /// <summary>Both are cold: μ.</summary>
    ColdBoth,
}

/// <summary>Reads an <see cref="Answer"/>.</summary>
public static class Answers
{
    /// <summary>The parts that a prediction is made of: those of cold sides are left out, except where the model describes what is cold.</summary>
    /// <param name="model">The model.</param>
    /// <param name="user">Index of the user; −1 for one nobody knows.</param>
    /// <param name="item">Index of the item; −1 likewise.</param>
    /// <param name="answer">Which sides are cold.</param>
    public static Answer PartsOf(FactorModel model, int user, int item, Answer answer) => PartsOf(model, user >= 0, item, answer);

    /// <summary>Likewise for a user that need not be in the model's tables.</summary>
    internal static Answer PartsOf(FactorModel model, bool hasUser, int item, Answer answer)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.DescribesCold ? Of(!hasUser, item < 0) : answer;
    }

    /// <summary>The answer for a pair.</summary>
    public static Answer Of(bool coldUser, bool coldItem) => (coldUser, coldItem) switch
    {
        (false, false) => Answer.Known,
        (true, false) => Answer.ColdUser,
        (false, true) => Answer.ColdItem,
        _ => Answer.ColdBoth,
    };
}
