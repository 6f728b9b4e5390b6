using Microsoft.AspNetCore.Components;

namespace MovieLms.Web.Layout;

/// <summary>A page that reads what it shows before it is rendered. Other components are also rendered while they still read.</summary>
public abstract class LoadedPage : ComponentBase
{
    /// <summary>Reads the content. Parameters are set, and a form is handled afterwards.</summary>
    protected abstract Task LoadAsync();

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await LoadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }
}
