using DistRec.Numerics.Linear;

namespace DistRec.Cli.Training;

/// <summary>What is saved of a trained model: one that answers for users and items, or one that answers for rows of features alone.</summary>
internal static class ServedModel
{
    public static SavedModel Of(FactorModel model, RatingData ratings, RatingMatrix train, ModelDescription description)
    {
        int users = ratings.Users.Count;
        int items = ratings.Items.Count;

        // Pairs of features of a user with those of an item, which poly-svm of degree 2 has weights for, are no factor model.
        if (ModelKinds.HasFeatures(model.Kind) && model.UserBiases.Length + model.ItemBiases.Length == 0)
        {
            return new SavedModel(model, IdMap.Numbered(0), IdMap.Numbered(0), [], null, description);
        }

        FactorModel whole = model.UserBiases.Length == users && model.ItemBiases.Length == items ? model : WithAllRows(model, users, items);
        return new SavedModel(whole, ratings.Users, ratings.Items, ratings.Titles, train, description) { Attributes = ratings.Attributes };
    }

    // A side that no block of features tells of adds nothing.
    private static FactorModel WithAllRows(FactorModel model, int users, int items)
    {
        float[] userBiases = model.UserBiases.Length == 0 ? new float[users] : model.UserBiases;
        float[] itemBiases = model.ItemBiases.Length == 0 ? new float[items] : model.ItemBiases;
        FactorTable? userFactors = model.UserFactors is { Rows: 0 } ? new FactorTable(users, model.Rank) : model.UserFactors;
        FactorTable? itemFactors = model.ItemFactors is { Rows: 0 } ? new FactorTable(items, model.Rank) : model.ItemFactors;
        return new FactorModel(model.Kind, model.GlobalMean, model.Scale, userBiases, itemBiases, userFactors, itemFactors) { Machine = model.Machine, Unit = model.Unit };
    }
}
