namespace DistRec.Models.FoldIn;

/// <summary>Fits one user to trained items. Safe for any number of threads.</summary>
internal interface IUserFitter
{
    /// <param name="user">One row of ratings, at least one of them, over the model's items.</param>
    UserFit Fit(RatingMatrix user);
}
