namespace DistRec.Models.Feedback;

/// <summary>What a feedback model knows of items beside q_i.</summary>
/// <param name="Form">How a user's vector is made of it.</param>
/// <param name="Explicit">x_j, [items, rank]; null where there is none.</param>
/// <param name="Implicit">y_j, [items, rank]; null where there is none.</param>
public sealed record FeedbackFactors(FeedbackForm Form, FactorTable? Explicit, FactorTable? Implicit)
{
    private static readonly (string Name, FeedbackForm Form)[] Names =
        [
            (ModelKinds.SvdPlusPlus, FeedbackForm.SvdPlusPlus), (ModelKinds.AsymmetricSvd, FeedbackForm.Asymmetric),
            (ModelKinds.Nsvd, FeedbackForm.Nsvd),
            (ModelKinds.Neighborhood, FeedbackForm.Neighborhood), (ModelKinds.Integrated, FeedbackForm.Integrated),
        ];

    /// <summary>The parts of training tables.</summary>
    /// <param name="shape">Where the parts of an item lie.</param>
    /// <param name="items">Tables of consecutive items, each [rows, <see cref="FeedbackShape.ItemWidth"/>].</param>
    public static FeedbackFactors Of(FeedbackShape shape, IReadOnlyList<FactorTable> items) => new(
        shape.Form,
        shape.HasExplicit ? FeedbackTables.PartOf(shape, items, shape.ExplicitStart) : null,
        shape.HasImplicit ? FeedbackTables.PartOf(shape, items, shape.ImplicitStart) : null);

    /// <summary>Name of a model as typed.</summary>
    public static string NameOf(FeedbackForm form) => Names.First(entry => entry.Form == form).Name;

    /// <summary>The shape of a model's item tables; null for a model that is no feedback model.</summary>
    /// <param name="name">Name of the model as typed.</param>
    /// <param name="rank">k.</param>
    public static FeedbackShape? ShapeOf(string name, int rank)
    {
        foreach ((string known, FeedbackForm form) in Names)
        {
            if (known == name)
            {
                return new FeedbackShape(form, rank);
            }
        }

        return null;
    }
}
