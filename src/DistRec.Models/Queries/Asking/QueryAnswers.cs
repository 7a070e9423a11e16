namespace DistRec.Models.Queries.Asking;

/// <summary>Which version of which model gave an answer, and how it was chosen.</summary>
/// <param name="AnswerId">Names the answer; events that follow from it say so by this.</param>
/// <param name="Model">Name of the model in the registry.</param>
/// <param name="Version">Its version, from 1.</param>
/// <param name="ModelSha256">Hash of the version's tables.</param>
/// <param name="Experiment">The experiment that chose the version; null for none.</param>
/// <param name="Arm">The experiment's arm, or <c>active</c>.</param>
/// <param name="Propensity">Probability with which the arm was chosen for this user, above 0, at most 1.</param>
public sealed record ServedBy(
    string AnswerId, string Model, int Version, string ModelSha256, string? Experiment, string Arm, double Propensity);

/// <summary>What a user was folded in by.</summary>
/// <param name="Ratings">How many ratings the user's row was fitted to.</param>
/// <param name="UnknownItems">Ids of rated items that the model does not know.</param>
/// <param name="OutOfScale">Ratings outside of the range that the model was trained on; they count as they are.</param>
public sealed record FoldInNote(int Ratings, IReadOnlyList<string> UnknownItems, int OutOfScale);

/// <summary>What came of attributes that were given with a question.</summary>
/// <param name="Used">What the user's row is made of, such as <c>gender=F</c>.</param>
/// <param name="Unknown">What the model was not trained on, and says nothing.</param>
public sealed record AttributesNote(IReadOnlyList<string> Used, IReadOnlyList<string> Unknown);

/// <summary>What a user would rate an item.</summary>
/// <param name="User">Id of the user; null for one without.</param>
/// <param name="Item">Id of the item.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Prediction">Inside the rating scale, never NaN.</param>
/// <param name="Meaning">What kind of number it is: prediction, probability or preference.</param>
/// <param name="Deviation">Standard deviation of the rating around it; null for models that have none.</param>
/// <param name="Answer">Which sides are cold.</param>
/// <param name="Basis">What the answer rests on, in words.</param>
/// <param name="FoldIn">Of a user that was folded in; else null.</param>
/// <param name="Served">By a server: what answered; else null.</param>
/// <param name="Attributes">What came of attributes that were given; null where none were.</param>
public sealed record PredictAnswer(
    string? User,
    string Item,
    string? Title,
    float Prediction,
    string Meaning,
    double? Deviation,
    Answer Answer,
    string Basis,
    FoldInNote? FoldIn,
    ServedBy? Served = null,
    AttributesNote? Attributes = null);

/// <summary>One recommended item.</summary>
/// <param name="Rank">Its place, from 1, counted on from page to page.</param>
/// <param name="Item">Its id.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Prediction">The predicted rating, inside the rating scale.</param>
/// <param name="Score">What it was ranked by.</param>
/// <param name="Deviation">Standard deviation of the rating around the prediction; null for models that have none, and for cold users.</param>
/// <param name="Basis">Of an item that came after training, what it rests on, in words; null for one of the model.</param>
public readonly record struct RecommendedItem(
    int Rank, string Item, string? Title, float Prediction, double Score, double? Deviation = null, string? Basis = null);

/// <summary>What a user should see.</summary>
/// <param name="User">Id of the user; null for one without.</param>
/// <param name="RankedBy">How the items were ranked; says whether the user was cold.</param>
/// <param name="Basis">The same in words.</param>
/// <param name="Meaning">What kind of number predictions are: prediction, probability or preference.</param>
/// <param name="Items">Best first.</param>
/// <param name="UnknownIds">Ids of the allow and deny lists that the model does not know.</param>
/// <param name="FoldIn">Of a user that was folded in; else null.</param>
/// <param name="Diversity">
/// Mean of 1 − the cosine of the factors over all pairs of the items, from 0 to 2; null for fewer than two items, and for models without factors.
/// </param>
/// <param name="Shortage">Why there are fewer items than asked for; null where there are as many.</param>
/// <param name="Next">Asks for the items that follow, as <c>after</c>; null where there are none, or more have been shown than it can hold.</param>
/// <param name="Served">By a server: what answered; else null.</param>
/// <param name="Attributes">What came of attributes that were given; null where none were.</param>
public sealed record RecommendAnswer(
    string? User,
    RankedBy RankedBy,
    string Basis,
    string Meaning,
    IReadOnlyList<RecommendedItem> Items,
    IReadOnlyList<string> UnknownIds,
    FoldInNote? FoldIn,
    double? Diversity = null,
    string? Shortage = null,
    string? Next = null,
    ServedBy? Served = null,
    AttributesNote? Attributes = null);

/// <summary>An item like another.</summary>
/// <param name="Rank">Its place, from 1.</param>
/// <param name="Item">Its id.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Similarity">Cosine of the factors, from −1 to 1.</param>
public readonly record struct SimilarItemAnswer(int Rank, string Item, string? Title, double Similarity);

/// <summary>Items like another.</summary>
/// <param name="Item">Id of the item asked about.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Cold">Whether nothing is known to be like it.</param>
/// <param name="Basis">What the answer rests on, in words.</param>
/// <param name="Items">Most similar first.</param>
/// <param name="Served">By a server: what answered; else null.</param>
public sealed record SimilarItemsAnswer(
    string Item, string? Title, bool Cold, string Basis, IReadOnlyList<SimilarItemAnswer> Items, ServedBy? Served = null);

/// <summary>A user like another.</summary>
/// <param name="Rank">Its place, from 1.</param>
/// <param name="User">Its id.</param>
/// <param name="Similarity">Cosine of the factors, from −1 to 1.</param>
public readonly record struct SimilarUserAnswer(int Rank, string User, double Similarity);

/// <summary>Users like another.</summary>
/// <param name="User">Id of the user asked about; null for one without.</param>
/// <param name="Cold">Whether nobody is known to be like it.</param>
/// <param name="Basis">What the answer rests on, in words.</param>
/// <param name="Users">Most similar first.</param>
/// <param name="FoldIn">Of a user that was folded in; else null.</param>
/// <param name="Served">By a server: what answered; else null.</param>
/// <param name="Attributes">What came of attributes that were given; null where none were.</param>
public sealed record SimilarUsersAnswer(
    string? User, bool Cold, string Basis, IReadOnlyList<SimilarUserAnswer> Users, FoldInNote? FoldIn, ServedBy? Served = null,
    AttributesNote? Attributes = null);

/// <summary>What one of the user's own ratings adds to a prediction.</summary>
/// <param name="Item">Id of the rated item.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Rating">What the user gave it.</param>
/// <param name="Weight">How alike the two items are in this user's eyes.</param>
/// <param name="Value">What it adds, in rating units.</param>
public readonly record struct ContributionAnswer(string Item, string? Title, float Rating, double Weight, double Value);

/// <summary>
/// Why a prediction is what it is: <paramref name="Unclipped"/> = <paramref name="GlobalMean"/> + <paramref name="UserBias"/> +
/// <paramref name="ItemBias"/> + <paramref name="FactorPart"/>, and <paramref name="FactorPart"/> = the contributions +
/// <paramref name="OtherContributions"/> + <paramref name="Residual"/>; see <see cref="Explanation"/>.
/// </summary>
public sealed record ExplainAnswer(
    string? User,
    string Item,
    string? Title,
    string Kind,
    float Prediction,
    string Meaning,
    Answer Answer,
    string Basis,
    double Unclipped,
    double GlobalMean,
    double UserBias,
    double ItemBias,
    double FactorPart,
    ContributionMethod Method,
    IReadOnlyList<ContributionAnswer> Contributions,
    double OtherContributions,
    double Residual,
    FoldInNote? FoldIn,
    ServedBy? Served = null,
    AttributesNote? Attributes = null);
