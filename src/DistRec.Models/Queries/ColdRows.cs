namespace DistRec.Models.Queries;

/// <summary>Rows of users and items without training ratings, which mean something where the features of a machine tell of them.</summary>
public static class ColdRows
{
    /// <summary>Whether features tell anything of a row: all it is made of is 0 otherwise.</summary>
    /// <param name="model">The model.</param>
    /// <param name="biases">Of the row's side.</param>
    /// <param name="factors">Of the row's side; null for none.</param>
    /// <param name="row">The row; −1 for a user or item nobody knows.</param>
    public static bool IsDescribed(FactorModel model, float[] biases, FactorTable? factors, int row)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(biases);
        return model.DescribesCold && row >= 0 && (biases[row] != 0 || factors?.Row(row).ContainsAnyExcept(0f) == true);
    }
}
