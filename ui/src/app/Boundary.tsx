import { Component, type ReactNode } from "react";
import { ErrorState } from "../components/ErrorState";

type State = { error: unknown };

/** What no page could show is said in words, rather than by an empty window. */
export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="p-8">
        <ErrorState error={this.state.error} onRetry={() => this.setState({ error: null })} />
      </div>
    );
  }
}
